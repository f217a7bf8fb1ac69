package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.karlo.PriorTransformer;
import dev.cascadefarm.diffusion.karlo.PriorTransformerConfig;
import dev.cascadefarm.diffusion.karlo.PriorTransformerPredictor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import java.util.Optional;

/**
 * A prior of diffusers: makes the embedding of a picture from an encoded caption. Guided, it is
 * pushed away from what it makes of the negative prompt. Embeddings are normalised while it draws
 * them; a method of the network brings them back.
 */
final class KarloPriorNetwork implements DiffusionNetwork {
  private final PriorTransformerConfig config;
  private final PriorTransformerPredictor predictor;

  KarloPriorNetwork(KarloPriorConfig stage) {
    this.config = stage.prior();
    this.predictor = new PriorTransformerPredictor(config);
  }

  @Override
  public Predictor predictor() {
    return predictor;
  }

  @Override
  public Medium medium() {
    return Medium.FINISHED_EMBEDDING;
  }

  @Override
  public Optional<String> finish() {
    return Optional.of(PriorTransformer.FINISH);
  }

  @Override
  public Graph finishing(Graph graph) {
    return predictor.finishing(graph);
  }

  @Override
  public Conditions conditions(SampleRequest request, int level) {
    CaptionTensors.Wholes wholes =
        CaptionTensors.wholes(
            request.inputs(), config.tokens(), config.embedding(), config.projection());
    return new Conditions(wholes.caption().tensors(), wholes.other().tensors());
  }
}
