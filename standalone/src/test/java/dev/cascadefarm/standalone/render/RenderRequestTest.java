package dev.cascadefarm.standalone.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.RequestField;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RenderRequestTest {
  @Test
  void toJson_everything_asTheApiTakesIt() {
    List<StageSetting> settings =
        Stream.of("base.steps=20", "base.guidance=4.5", "sr64.sampler=ddim", "sr64.flag=true")
            .map(StageSetting::parse)
            .toList();
    RenderRequest request = new RenderRequest("scenes", "a ring", "a disc", 2L, 7L, 3, settings);
    assertThat(request.toJson())
        .hasToString(
            "{\"cascade\":\"scenes\",\"prompt\":\"a ring\",\"negative_prompt\":\"a disc\",\"n\":2,"
                + "\"seed\":7,\"priority\":3,\"set\":{\"base\":{\"steps\":20,\"guidance\":4.5},"
                + "\"sr64\":{\"sampler\":\"ddim\",\"flag\":true}}}");
  }

  @Test
  void with_initImage_keptAndTheUploadNamed() {
    RenderRequest request =
        new RenderRequest("scenes", "a ring", "a disc", 2L, 7L, 3, List.of())
            .with(RequestField.INIT_IMAGE, "ab")
            .and(List.of(StageSetting.parse("base.steps=20")));
    assertThat(request.toJson())
        .hasToString(
            "{\"cascade\":\"scenes\",\"prompt\":\"a ring\",\"negative_prompt\":\"a disc\","
                + "\"init_image\":\"ab\",\"n\":2,\"seed\":7,\"priority\":3,"
                + "\"set\":{\"base\":{\"steps\":20}}}");
  }

  @Test
  void toJson_onlyACaption_nothingElse() {
    assertThat(new RenderRequest("scenes", "x", null, null, null, null, List.of()).toJson())
        .hasToString("{\"cascade\":\"scenes\",\"prompt\":\"x\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.b=NaN", "a.b=007", "a.b=[1]", "a.b={}", "a.b=null", "a.b=x=y", "a.b="})
  void parse_valueThatIsNoScalar_text(String text) {
    assertThat(StageSetting.parse(text).value().isTextual()).isTrue();
    assertThat(StageSetting.parse(text).value().asText()).isEqualTo(text.substring(4));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a=1", ".b=1", "a.=1", "A.b=1", "a b.c=1"})
  void parse_outOfForm_named(String text) {
    assertThatThrownBy(() -> StageSetting.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: STAGE.KEY=VALUE");
  }
}
