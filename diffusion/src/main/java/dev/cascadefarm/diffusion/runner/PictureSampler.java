package dev.cascadefarm.diffusion.runner;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A diffusion stage with weights at hand, without a bundle: for a look at a model in training. Its
 * pictures are those that the stage would draw. Use it from the process's engine thread only.
 */
public final class PictureSampler implements AutoCloseable {
  private final DiffusionRunner runner;

  private PictureSampler(DiffusionRunner runner) {
    this.runner = runner;
  }

  /**
   * Loads the model.
   *
   * @param side of its pictures, in pixels
   * @param samplesPerCall pictures that one call of the model advances
   */
  public static PictureSampler load(
      UnetConfig unet,
      DiffusionConfig diffusion,
      int side,
      int samplesPerCall,
      Map<String, HostTensor> weights) {
    DiffusionModel model = DiffusionModel.of(unet, diffusion, side);
    TorchModule module = TorchModule.load(model.graph(), weights, "cpu", TorchModule.Mode.FROZEN);
    return new PictureSampler(new DiffusionRunner(model, module, samplesPerCall));
  }

  /**
   * What a picture is drawn from.
   *
   * @param stage part of the key of its noise
   * @param embeds {@code (1, N, E)}
   * @param mask {@code (1, N)}
   * @param small picture to enlarge, {@code (3, h, h)} in [0, 1]; absent for a stage that draws
   */
  public record Conditions(
      String stage, long seed, HostTensor embeds, HostTensor mask, @Nullable HostTensor small) {}

  /**
   * Draws a picture from each of the conditions, side by side.
   *
   * @param settings a value for every setting of the stage
   * @return {@code (3, side, side)} in [0, 1], in the order of the conditions
   */
  public List<HostTensor> draw(List<Conditions> conditions, JsonNode settings) {
    List<Sample> samples = conditions.stream().map(each -> begin(each, settings)).toList();
    while (samples.stream().anyMatch(each -> !each.done())) {
      runner.advance(samples);
    }
    return samples.stream()
        .map(each -> ((StageValue.Image) each.outputs().get(Pictures.IMAGE)).pixels())
        .toList();
  }

  private Sample begin(Conditions conditions, JsonNode settings) {
    Map<String, StageValue> inputs = new HashMap<>();
    inputs.put(
        CaptionTensors.EMBEDS,
        new StageValue.Tensors(
            Map.of(
                CaptionTensors.embeds(CaptionTensors.PROMPT),
                conditions.embeds(),
                CaptionTensors.mask(CaptionTensors.PROMPT),
                conditions.mask())));
    if (conditions.small() != null) {
      inputs.put(Pictures.IMAGE, new StageValue.Image(conditions.small()));
    }
    return runner.begin(new SampleRequest(conditions.stage(), conditions.seed(), settings, inputs));
  }

  @Override
  public void close() {
    runner.close();
  }
}
