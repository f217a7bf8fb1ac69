package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.denoise.DenoisingLoss;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.List;

/**
 * Teaches a predictor to denoise. Where it is judged, no caption is left out, and the noise is
 * drawn by numbers of its own, the same every time.
 */
abstract class DenoisingTask extends PictureTask {
  private final DenoisingLoss loss;
  private final NoisedBatches training;
  private final NoisedBatches validation;

  DenoisingTask(DenoisingLoss loss, StageData data, DiffusionTraining training) {
    super(data);
    this.loss = loss;
    this.training = new NoisedBatches(training, data.seed());
    this.validation = new NoisedBatches(training.withoutDrop(), ~data.seed());
  }

  /** What the loss takes of the examples shown, in its order. */
  abstract List<HostTensor> tensors(Shown shown, NoisedBatches noised);

  @Override
  public final Graph graph() {
    return loss.graph();
  }

  @Override
  public final String lossMethod() {
    return DenoisingLoss.LOSS;
  }

  @Override
  final List<Input> inputs(Shown shown) {
    return tensors(shown, shown.judges() ? validation : training).stream()
        .<Input>map(Input.Floats::new)
        .toList();
  }
}
