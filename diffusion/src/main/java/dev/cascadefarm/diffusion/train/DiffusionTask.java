package dev.cascadefarm.diffusion.train;

import static dev.cascadefarm.diffusion.check.Check.require;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetLoss;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.train.CaptionEncoder.Encoded;
import dev.cascadefarm.diffusion.train.NoisedBatches.Examples;
import java.util.List;

/**
 * Teaches a U-Net on captioned pictures, with the text encoder frozen. Validation shows whole
 * pictures and every caption, and draws its noise by numbers of its own, the same every time.
 */
public final class DiffusionTask implements TrainingTask {
  private final UnetLoss model;
  private final StageData data;
  private final CaptionEncoder encoder;
  private final NoisedBatches training;
  private final NoisedBatches validation;
  private final PictureTensors tensors;

  private DiffusionTask(
      UnetLoss model, StageData data, CaptionEncoder encoder, DiffusionTraining training) {
    this.model = model;
    this.data = data;
    this.encoder = encoder;
    this.training = new NoisedBatches(training, data.seed());
    this.validation = new NoisedBatches(training.withoutDrop(), ~data.seed());
    this.tensors = new PictureTensors(data.frame(), new CounterNoise(data.seed(), "train", "crop"));
  }

  /**
   * Prepares the task.
   *
   * @param encoder stays open
   * @throws IllegalArgumentException naming what does not fit together
   */
  public static DiffusionTask of(
      UnetConfig unet, StageData data, CaptionEncoder encoder, DiffusionTraining training) {
    StageData.Frame frame = data.frame();
    require(unet.channels() == 3, "channels", unet.channels(), "3");
    require(
        unet.lowresCond() == frame.lowresSide() > 0,
        "lowres_cond",
        unet.lowresCond(),
        "true where the stage enlarges, false where it draws");
    require(
        frame.side() % unet.sideMultiple() == 0,
        "side",
        frame.side(),
        "a multiple of " + unet.sideMultiple());
    require(
        frame.cropSide() % unet.sideMultiple() == 0,
        "crop",
        frame.cropSide(),
        "a multiple of " + unet.sideMultiple());
    return new DiffusionTask(
        new UnetLoss(new Unet(unet), training.loss()), data, encoder, training);
  }

  @Override
  public Graph graph() {
    return model.graph();
  }

  @Override
  public String lossMethod() {
    return UnetLoss.LOSS;
  }

  @Override
  public int batchSize() {
    return data.batch();
  }

  @Override
  public List<Input> batch(long number) {
    int shown = data.frame().shownSide(number);
    return training.inputs(number, examples(data.training(), number, shown));
  }

  @Override
  public int validationBatches() {
    return data.validationCount();
  }

  @Override
  public List<Input> validationBatch(int index) {
    int whole = data.frame().side();
    return validation.inputs(index, examples(data.validation(), index, whole));
  }

  private Examples examples(PictureBatches batches, long number, int shown) {
    long[] indices = batches.indices(number);
    PictureTensors.Batch pictures = tensors.of(batches.pictures(), indices, number, shown);
    Encoded captions = encoder.encode(batches.captions(indices));
    return new Examples(pictures.pictures(), pictures.lowres(), captions.embeds(), captions.mask());
  }
}
