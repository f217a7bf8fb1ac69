package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.List;
import java.util.Map;

/** Asks a stage that answers in one row with {@code embeds}. */
final class EmbedsCalls {
  private EmbedsCalls() {}

  static Map<String, HostTensor> run(StageRunner runner, Map<String, StageValue> inputs) {
    Sample sample = runner.begin(request(inputs));
    runner.advance(List.of(sample));
    return tensors(sample);
  }

  static Map<String, HostTensor> tensors(Sample sample) {
    return ((StageValue.Tensors) sample.outputs().get("embeds")).tensors();
  }

  static StageValue words(String text) {
    return new StageValue.Text(text);
  }

  static SampleRequest request(Map<String, StageValue> inputs) {
    return new SampleRequest("embeds", 1, JsonNodeFactory.instance.objectNode(), inputs);
  }
}
