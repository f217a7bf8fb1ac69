package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.TinyStages.caption;
import static dev.cascadefarm.diffusion.runner.TinyStages.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that no model could serve; no engine is needed to refuse them. */
class InvalidRequestTest {
  private static final DiffusionModel MODEL =
      DiffusionModel.of(
          TinyStages.unet(true), new DiffusionConfig("cosine", 100, Objective.V, 0), 16);
  private static final Map<String, StageValue> INPUTS =
      Map.of("embeds", caption(1), "image", new StageValue.Image(grey(3, 8, 8)));

  @Test
  void new_goodRequest_accepted() {
    assertThat(sample(settings(3, 2), INPUTS).rowsTotal()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "steps, 0, 'steps: 0 (expected: 1 to 100)'",
    "steps, 101, 'steps: 101'",
    "steps, '\"many\"', 'steps: 0'",
    "steps, null, 'steps: missing'",
    "sampler, '\"plms\"', 'sampler: plms'",
    "sampler, '\"heun\"', 'history: 0 (expected: >= 1 for this sampler)'",
    "spacing, '\"karras\"', 'spacing: karras (expected: trailing, leading or linspace)'",
    "steps_offset, -1, 'steps_offset: -1 (expected: >= 0)'",
    "eta, 1.5, 'eta: 1.5'",
    "guidance, '\"x\"', 'guidance: \"x\" (expected: a finite number)'",
    "threshold, '\"soft\"', 'threshold: soft'",
    "percentile, 1.1, 'percentile: 1.1'",
    "cap, 0.5, 'cap: 0.5'",
    "aug, 1.5, 'level: 1.5'",
    "aug, -0.1, 'level: -0.1'"
  })
  void new_badSetting_refusedByName(String key, String json, String message)
      throws JsonProcessingException {
    ObjectNode settings = settings(3, 2);
    settings.set(key, new ObjectMapper().readTree(json));
    assertThatThrownBy(() -> sample(settings, INPUTS))
        .isInstanceOf(InvalidSampleException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"0, 'range: 0.0 (expected: > 0)'", "-1, 'range: -1.0'", "'\"x\"', 'range: \"x\"'"})
  void new_badRangeOfAStaticThreshold_refusedByName(String range, String message)
      throws JsonProcessingException {
    ObjectNode settings = settings(3, 2).put("threshold", "static");
    assertThat(sample(settings, INPUTS).rowsTotal()).isEqualTo(3);
    settings.set("range", new ObjectMapper().readTree(range));
    assertThatThrownBy(() -> sample(settings, INPUTS))
        .isInstanceOf(InvalidSampleException.class)
        .hasMessageContaining(message);
  }

  @Test
  void new_missingSetting_refused() {
    ObjectNode settings = settings(3, 2);
    settings.remove("eta");
    assertThatThrownBy(() -> sample(settings, INPUTS))
        .isInstanceOf(InvalidSampleException.class)
        .hasMessage("eta: missing (expected: a value for every setting)");
  }

  @Test
  void new_inputMissingOrOfAnotherKind_refused() {
    assertInputRefused("embeds", new StageValue.Text("a cat"), "expected: an encoded caption");
    assertInputRefused("embeds", new StageValue.Tensors(Map.of()), "prompt: null, null");
    assertInputRefused("image", null, "expected: a picture");
    assertInputRefused("image", new StageValue.Text("a cat"), "expected: a picture");
  }

  @Test
  void new_inputOfAnotherShape_refused() {
    assertInputRefused("image", new StageValue.Image(grey(3, 8, 4)), "a square picture of 3");
    assertInputRefused("image", new StageValue.Image(grey(1, 8, 8)), "a square picture of 3");
    assertInputRefused("image", new StageValue.Image(grey(3, 0, 0)), "a square picture of 3");
    assertInputRefused("image", new StageValue.Image(grey(12)), "a square picture of 3");
    Map<String, HostTensor> longer = new HashMap<>(caption(1).tensors());
    longer.put("prompt.mask", grey(1, 7));
    assertInputRefused("embeds", new StageValue.Tensors(longer), "expected: 1×N×8 and 1×N");
  }

  @Test
  void new_captionOfAnotherLength_accepted() {
    for (int length : new int[] {1, 300}) {
      Map<String, StageValue> inputs = new HashMap<>(INPUTS);
      Map<String, HostTensor> caption =
          Map.of("prompt.embeds", grey(1, length, 8), "prompt.mask", grey(1, length));
      inputs.put("embeds", new StageValue.Tensors(caption));
      DiffusionSample sample = sample(settings(3, 2), inputs);
      assertThat(sample.conditions().caption().get(0)).hasSize(6 * 8);
      assertThat(sample.conditions().caption().get(1)).hasSize(6);
    }
  }

  @Test
  void new_noCaption_bothBranchesHearNone() {
    Map<String, StageValue> inputs = new HashMap<>(INPUTS);
    inputs.remove("embeds");
    DiffusionSample sample = sample(settings(3, 2), inputs);
    assertThat(sample.conditions().caption().get(2)).containsExactly(0);
    assertThat(sample.conditions().other().get(2)).containsExactly(0);
    DiffusionSample captioned = sample(settings(3, 2), INPUTS);
    assertThat(captioned.conditions().caption().get(2)).containsExactly(1);
  }

  private static void assertInputRefused(String name, StageValue value, String message) {
    Map<String, StageValue> inputs = new HashMap<>(INPUTS);
    inputs.remove(name);
    if (value != null) {
      inputs.put(name, value);
    }
    assertThatThrownBy(() -> sample(settings(3, 2), inputs))
        .isInstanceOf(InvalidSampleException.class)
        .hasMessageContaining(message);
  }

  private static DiffusionSample sample(ObjectNode settings, Map<String, StageValue> inputs) {
    return new DiffusionSample(MODEL, new SampleRequest("sr", 1, settings, inputs));
  }

  private static HostTensor grey(long... shape) {
    int size = 1;
    for (long each : shape) {
      size *= (int) each;
    }
    return HostTensor.of(new float[size], shape);
  }
}
