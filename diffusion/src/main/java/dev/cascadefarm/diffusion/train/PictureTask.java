package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import java.util.List;

/** A task over captioned pictures, some of which may be set aside to judge by. */
abstract class PictureTask implements TrainingTask {
  private final StageData data;

  PictureTask(StageData data) {
    this.data = data;
  }

  final StageData data() {
    return data;
  }

  /**
   * The examples of one batch.
   *
   * @param number of the batch
   * @param judges whether the model is judged by them, not taught
   */
  record Shown(PictureBatches batches, long number, boolean judges) {
    long[] indices() {
      return batches.indices(number);
    }

    List<String> captions() {
      return batches.captions(indices());
    }
  }

  /** The inputs of one batch; depends on nothing but what is shown. */
  abstract List<Input> inputs(Shown shown);

  @Override
  public final int batchSize(long step) {
    return data.batch();
  }

  @Override
  public final List<Input> batch(long number) {
    return inputs(new Shown(data.training(), number, false));
  }

  @Override
  public final int validationBatches() {
    return data.validationCount();
  }

  @Override
  public final List<Input> validationBatch(int index) {
    return inputs(new Shown(data.validation(), index, true));
  }
}
