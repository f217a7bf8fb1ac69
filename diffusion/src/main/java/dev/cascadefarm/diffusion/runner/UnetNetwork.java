package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.image.Resize;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetPredictor;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Imagen's U-Net: draws from a caption, or enlarges a picture with its help. */
final class UnetNetwork implements DiffusionNetwork {
  private final UnetConfig config;
  private final UnetPredictor predictor;
  private final DiffusionConfig diffusion;
  private final NoiseSchedule schedule;
  private final int side;

  UnetNetwork(UnetConfig config, DiffusionConfig diffusion, int side) {
    this.config = config;
    this.predictor = new UnetPredictor(new Unet(config), side);
    this.diffusion = diffusion;
    this.schedule = diffusion.noiseSchedule();
    this.side = side;
  }

  @Override
  public Predictor predictor() {
    return predictor;
  }

  @Override
  public Conditions conditions(SampleRequest request, int level) {
    int length = config.maxTextLen();
    int width = config.textEmbedDim();
    List<float[]> caption =
        new ArrayList<>(branch(CaptionTensors.caption(request.inputs(), length, width)));
    List<float[]> other = branch(CaptionTensors.other(request.inputs(), length, width));
    if (config.lowresCond()) {
      caption.add(lowres(request, level));
    }
    return new Conditions(caption, other);
  }

  private static List<float[]> branch(CaptionTensors.Branch branch) {
    return List.of(branch.embeds().data(), branch.mask().data(), new float[] {branch.keep()});
  }

  /** Enlarges the given picture, brings it to [-1, 1] and noises it (conditioning augmentation). */
  private float[] lowres(SampleRequest request, int level) {
    HostTensor picture = Pictures.read(request, config.channels());
    float[] noise = new float[predictor.extent().size()];
    new CounterNoise(request.seed(), request.stage(), "aug").normals(0, noise);
    return diffusion.lowres().prepare(picture, side, schedule, level, noise);
  }

  /** A stage that draws may be given a picture to draw over. */
  @Override
  public Optional<float[]> start(SampleRequest request) {
    if (config.lowresCond() || !request.inputs().containsKey(Pictures.IMAGE)) {
      return Optional.empty();
    }
    HostTensor picture = Pictures.read(request, config.channels());
    return Optional.of(Pictures.centred(Resize.within(picture, side)).data());
  }

  @Override
  public Map<String, StageValue> outputs(float[] x) {
    return Map.of(Pictures.IMAGE, new StageValue.Image(Pictures.of(x, predictor.extent())));
  }

  @Override
  public Optional<HostTensor> preview(float[] x0) {
    return Optional.of(Pictures.of(x0, predictor.extent()));
  }
}
