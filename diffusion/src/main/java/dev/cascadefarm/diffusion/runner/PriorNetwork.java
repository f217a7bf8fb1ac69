package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.runner.CaptionTensors.Branch;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.unclip.DiffusionPrior;
import dev.cascadefarm.diffusion.unclip.Embeddings;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import dev.cascadefarm.diffusion.unclip.PriorPredictor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A diffusion prior: makes the embedding of a picture from an encoded caption. Guided, it is pushed
 * away from what it makes of the negative prompt, or of what it learned in place of a caption.
 */
final class PriorNetwork implements DiffusionNetwork {
  private final PriorConfig config;
  private final PriorPredictor predictor;

  PriorNetwork(PriorConfig config) {
    this.config = config;
    this.predictor = new PriorPredictor(new DiffusionPrior(config));
  }

  @Override
  public Predictor predictor() {
    return predictor;
  }

  @Override
  public Medium medium() {
    return Medium.EMBEDDING;
  }

  @Override
  public Conditions conditions(SampleRequest request, int level) {
    Map<String, StageValue> inputs = request.inputs();
    int length = config.maxTextLen();
    Branch caption = CaptionTensors.caption(inputs, length, config.textWidth());
    Branch other = CaptionTensors.other(inputs, length, config.textWidth());
    return new Conditions(
        branch(caption, CaptionTensors.pooledCaption(inputs, config.latentDim())),
        branch(other, CaptionTensors.pooledOther(inputs, config.latentDim())));
  }

  private static List<float[]> branch(Branch branch, float[] pooled) {
    float[] keep = {branch.keep()};
    return List.of(branch.embeds().data(), branch.mask().data(), pooled, keep);
  }

  /** The nearer to the caption's own embedding, the better. */
  @Override
  public Optional<ToDoubleFunction<float[]>> judge(SampleRequest request) {
    float[] caption = CaptionTensors.pooledCaption(request.inputs(), config.latentDim());
    return Optional.of(embedding -> Embeddings.cosine(embedding, caption));
  }
}
