package dev.cascadefarm.standalone.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.standalone.install.UnclipCascade.Ends;
import dev.cascadefarm.standalone.render.Blend.Medium;
import dev.cascadefarm.standalone.render.Sweep.Variant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlendTest {
  private static final RenderRequest REQUEST =
      new RenderRequest("x-blend", "a", null, null, 7L, null, settings("decoder.steps=9"));

  private static List<StageSetting> settings(String... texts) {
    return List.of(texts).stream().map(StageSetting::parse).toList();
  }

  private static List<Double> fractions(List<Variant> variants) {
    return variants.stream()
        .map(each -> each.request().toJson().at("/set/blend/fraction").doubleValue())
        .toList();
  }

  private static List<String> labels(List<Variant> variants) {
    return variants.stream().map(Variant::label).toList();
  }

  @Test
  void variants_fiveSteps_evenFromEndToEndAndNothingElseDiffers() {
    List<Variant> variants = new Blend(Medium.PICTURE, Medium.PICTURE, 5).variants(REQUEST);

    assertThat(fractions(variants)).containsExactly(0.0, 0.25, 0.5, 0.75, 1.0);
    assertThat(labels(variants)).containsExactly("0", "0.25", "0.5", "0.75", "1");
    assertThat(variants)
        .allSatisfy(
            each -> {
              assertThat(each.request().seed()).isEqualTo(7);
              assertThat(each.request().toJson().at("/set/decoder/steps").asInt()).isEqualTo(9);
            });
  }

  @Test
  void variants_fromCaptionToPicture_theSameWayBack() {
    List<Variant> variants = new Blend(Medium.CAPTION, Medium.PICTURE, 4).variants(REQUEST);

    assertThat(fractions(variants)).containsExactly(1.0, 2 / 3.0, 1 / 3.0, 0.0);
    assertThat(labels(variants)).containsExactly("0", "0.333", "0.667", "1");
  }

  @Test
  void variants_asManyAsThereMayBe_eachWithALabelOfItsOwn() {
    List<String> labels = labels(new Blend(Medium.CAPTION, Medium.CAPTION, 64).variants(REQUEST));

    assertThat(Set.copyOf(labels)).hasSize(64);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1, 65})
  void blend_stepsThatCannotBe_refused(int steps) {
    assertThatThrownBy(() -> new Blend(Medium.PICTURE, Medium.CAPTION, steps))
        .hasMessage(steps + " (expected: 2 to 64)");
  }

  @Test
  void requireApart_fractionOfOnesOwn_refused() {
    Blend blend = new Blend(Medium.PICTURE, Medium.CAPTION, 2);

    blend.requireApart(settings("blend.fractions=1", "decoder.fraction=1"));
    assertThatThrownBy(() -> blend.requireApart(settings("blend.fraction=0.2")))
        .hasMessage("blend.fraction=0.2 (expected: no fraction, the steps have theirs)");
  }

  @ParameterizedTest
  @CsvSource({
    "PICTURE, PICTURE, PICTURES, INIT_IMAGE, INIT_IMAGE_B",
    "CAPTION, CAPTION, CAPTIONS, PROMPT, PROMPT_B",
    "PICTURE, CAPTION, PICTURE_AND_CAPTION, INIT_IMAGE, PROMPT",
    "CAPTION, PICTURE, PICTURE_AND_CAPTION, PROMPT, INIT_IMAGE"
  })
  void fields_ofEachPair_thoseThatItsCascadeTakes(
      Medium a, Medium b, Ends ends, RequestField start, RequestField end) {
    Blend blend = new Blend(a, b, 2);

    assertThat(blend.ends()).isEqualTo(ends);
    assertThat(blend.fieldOfA()).isEqualTo(start);
    assertThat(blend.fieldOfB()).isEqualTo(end);
  }
}
