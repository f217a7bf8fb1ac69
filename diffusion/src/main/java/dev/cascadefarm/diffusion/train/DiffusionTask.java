package dev.cascadefarm.diffusion.train;

import static dev.cascadefarm.diffusion.check.Check.require;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetLoss;
import dev.cascadefarm.diffusion.train.CaptionEncoder.Encoded;
import dev.cascadefarm.diffusion.train.NoisedBatches.Examples;
import java.util.List;

/**
 * Teaches a U-Net on captioned pictures, with the text encoder frozen. Validation shows whole
 * pictures and every caption, and draws its noise by numbers of its own, the same every time.
 */
public final class DiffusionTask extends PictureTask {
  private final UnetLoss model;
  private final CaptionEncoder encoder;
  private final NoisedBatches training;
  private final NoisedBatches validation;
  private final PictureTensors pictures;

  private DiffusionTask(
      UnetLoss model, StageData data, CaptionEncoder encoder, DiffusionTraining training) {
    super(data);
    this.model = model;
    this.encoder = encoder;
    this.training = new NoisedBatches(training, data.seed());
    this.validation = new NoisedBatches(training.withoutDrop(), ~data.seed());
    this.pictures = PictureTensors.of(data);
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
  List<Input> inputs(Shown shown) {
    PictureTensors.Batch batch = pictures.of(shown);
    Encoded captions = encoder.encode(shown.captions());
    Examples examples =
        new Examples(batch.pictures(), batch.lowres(), captions.embeds(), captions.mask());
    return (shown.judges() ? validation : training).inputs(shown.number(), examples);
  }
}
