package dev.cascadefarm.standalone.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.standalone.render.Sweep.Variant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SweepTest {
  private static RenderRequest request(long n, String... settings) {
    List<StageSetting> set = List.of(settings).stream().map(StageSetting::parse).toList();
    return new RenderRequest("scenes", "a ring", null, n, 7L, null, set);
  }

  private static String values(int count) {
    return IntStream.range(0, count)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(",", "a.b=", ""));
  }

  private static Sweep sweep(String... texts) {
    return Sweep.parse(List.of(texts));
  }

  @Test
  void variants_threeValues_oneEachAndNothingElseDiffers() {
    assertThat(sweep("sr64.aug=0.0, 0.1,1").variants(request(2, "base.steps=9")))
        .containsExactly(
            new Variant("sr64.aug=0.0", request(2, "base.steps=9", "sr64.aug=0.0")),
            new Variant("sr64.aug=0.1", request(2, "base.steps=9", "sr64.aug=0.1")),
            new Variant("sr64.aug=1", request(2, "base.steps=9", "sr64.aug=1")));
  }

  @Test
  void variants_twoSettings_everyCombinationTheLastOneFastest() {
    Sweep sweep = sweep("base.threshold=none,static", "base.guidance=1,2,3");
    assertThat(sweep.lastSize()).isEqualTo(3);
    assertThat(sweep.variants(request(1)))
        .hasSize(6)
        .startsWith(
            new Variant(
                "base.threshold=none, base.guidance=1",
                request(1, "base.threshold=none", "base.guidance=1")),
            new Variant(
                "base.threshold=none, base.guidance=2",
                request(1, "base.threshold=none", "base.guidance=2")))
        .endsWith(
            new Variant(
                "base.threshold=static, base.guidance=3",
                request(1, "base.threshold=static", "base.guidance=3")));
  }

  @Test
  void variants_words_texts() {
    assertThat(sweep("base.threshold=none,static").variants(request(1)).get(1).request().toJson())
        .hasToString(
            "{\"cascade\":\"scenes\",\"prompt\":\"a ring\",\"n\":1,\"seed\":7,"
                + "\"set\":{\"base\":{\"threshold\":\"static\"}}}");
  }

  @Test
  void parse_mostJobs_taken_oneMore_refused() {
    assertThat(sweep(values(64)).variants(request(1))).hasSize(64);
    assertThat(sweep(values(8), "c.d=1,2,3,4,5,6,7,8").variants(request(1))).hasSize(64);
    assertThatThrownBy(() -> sweep(values(65)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("65 values (expected: at most 64 jobs)");
    assertThatThrownBy(() -> sweep(values(13), "c.d=1,2,3,4,5"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("13 x 5 values (expected: at most 64 jobs)");
  }

  @Test
  void parse_settingTwice_refused() {
    assertThatThrownBy(() -> sweep("base.aug=1", "sr64.aug=1", "base.aug=2"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("base.aug twice (expected: ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          sr64.aug    ; STAGE.KEY=VALUE,VALUE
          sr64.aug=   ; none empty
          sr64.aug=,  ; none empty
          sr64.aug=1,,2 ; none empty
          aug=1,2     ; STAGE.KEY=VALUE
          =1,2        ; STAGE.KEY=VALUE
          """)
  void parse_outOfForm_namedWithWhatWasExpected(String text, String expected) {
    assertThatThrownBy(() -> sweep("base.steps=1", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(text.contains("sr64") ? text : text.substring(0, text.length() - 2))
        .hasMessageContaining(expected);
  }

  @Test
  void variants_settingInSetAsWell_refused() {
    Sweep sweep = sweep("base.steps=1", "sr64.aug=0.1,0.2");
    assertThatThrownBy(() -> sweep.variants(request(1, "base.aug=1", "sr64.aug=0.3")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sr64.aug=0.3 in --set (expected: ");
  }

  @Test
  void variants_morePicturesThanASheetHolds_refused() {
    Sweep sweep = sweep(values(32));
    assertThat(sweep.variants(request(8))).hasSize(32);
    assertThatThrownBy(() -> sweep.variants(request(9)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("32 jobs of 9 images (expected: at most 256 pictures in all)");
  }
}
