package dev.cascadefarm.standalone.render;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cascadefarm.common.cascade.InvalidRequestException;
import dev.cascadefarm.common.json.WireJson;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SettingsCheckTest {
  private static final String CASCADES =
      """
      {"cascades": [{"name": "scenes", "version": 2, "stages": [
        {"name": "text", "parameters": {"properties": {}}},
        {"name": "base", "parameters": {"properties": {
           "guidance": {"type": "number", "minimum": 0, "maximum": 30},
           "threshold": {"enum": ["none", "static", "dynamic"]}}}}]}]}
      """;

  private static void check(String cascade, String... settings) throws JsonProcessingException {
    List<RenderRequest> requests =
        Stream.of(settings)
            .map(setting -> List.of(StageSetting.parse(setting)))
            .map(set -> new RenderRequest(cascade, "a ring", null, null, 1L, null, set))
            .toList();
    new SettingsCheck(WireJson.MAPPER.readTree(CASCADES)).require(requests);
  }

  @Test
  void require_everyValueFits_nothing() {
    assertThatCode(() -> check("scenes", "base.guidance=0", "base.guidance=30"))
        .doesNotThrowAnyException();
    assertThatCode(() -> check("scenes@2", "base.threshold=none")).doesNotThrowAnyException();
  }

  @Test
  void require_cascadeThatIsNotThere_leftToTheFarm() {
    assertThatCode(() -> check("scenes@1", "nothing.at=all")).doesNotThrowAnyException();
  }

  @Test
  void require_severalValuesDoNotFit_eachNamed() {
    assertThatThrownBy(
            () -> check("scenes", "base.guidance=1", "base.guidance=31", "base.guidance=x"))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "set.base.guidance: 31 (expected: number from 0 to 30);"
                + " set.base.guidance: \"x\" (expected: number from 0 to 30)");
  }

  @Test
  void require_unknownStageOrKey_namedOnce() {
    assertThatThrownBy(() -> check("scenes@2", "sr.aug=0", "sr.aug=1"))
        .hasMessage("set.sr: unknown (expected: one of text, base)");
    assertThatThrownBy(() -> check("scenes", "base.aug=0", "base.aug=1"))
        .hasMessage("set.base.aug: unknown (expected: one of guidance, threshold)");
  }
}
