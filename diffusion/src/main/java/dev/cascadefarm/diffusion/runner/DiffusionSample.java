package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.imagen.StepSettings;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.sampler.SamplerTable;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A picture on its way from noise: the state (x and history), the row it is at, and what it is
 * conditioned on. All its randomness is drawn by name, so it is the same picture in any company.
 */
final class DiffusionSample implements Sample {
  private static final String IMAGE = "image";

  private final DiffusionModel model;
  private final SamplerTable table;
  private final StepSettings step;
  private final CaptionTensors.Branch caption;
  private final CaptionTensors.Branch other;
  private final CounterNoise noise;
  private final float @Nullable [] lowres;
  private float[] state;
  private float @Nullable [] predictedX0;
  private int row;

  DiffusionSample(DiffusionModel model, SampleRequest request) {
    DiffusionSettings settings = DiffusionSettings.of(request.settings());
    this.model = model;
    try {
      this.table =
          Sampler.of(settings.sampler(), settings.options())
              .table(model.schedule(), model.diffusion().objective(), settings.steps())
              .withHistory(model.diffusion().history());
      int lowresTime = model.schedule().timestepOf(settings.aug());
      this.step =
          StepSettings.of(
              settings.guidance(),
              settings.threshold(),
              settings.percentile(),
              settings.cap(),
              lowresTime);
    } catch (IllegalArgumentException e) {
      throw new InvalidSampleException(e.getMessage());
    }
    int length = model.unet().maxTextLen();
    int width = model.unet().textEmbedDim();
    this.caption = CaptionTensors.caption(request.inputs(), length, width);
    this.other = CaptionTensors.other(request.inputs(), length, width);
    this.noise = new CounterNoise(request.seed(), request.stage(), "step");
    this.lowres = model.unet().lowresCond() ? lowres(model, request, step.lowresTime()) : null;
    this.state = start(model, table, request);
  }

  private static float[] start(DiffusionModel model, SamplerTable table, SampleRequest request) {
    float[] x = new float[model.pixels()];
    new CounterNoise(request.seed(), request.stage(), "start").normals(0, x);
    float[] state = new float[(1 + model.diffusion().history()) * model.pixels()];
    for (int i = 0; i < x.length; i++) {
      state[i] = (float) table.startScale() * x[i];
    }
    return state;
  }

  /** Enlarges the given picture, brings it to [-1, 1] and noises it (conditioning augmentation). */
  private static float[] lowres(DiffusionModel model, SampleRequest request, int time) {
    if (!(request.inputs().get(IMAGE) instanceof StageValue.Image image)) {
      throw new InvalidSampleException(
          IMAGE + ": " + request.inputs().get(IMAGE) + " (expected: a picture to enlarge)");
    }
    long[] shape = image.pixels().shape();
    if (shape.length != 3
        || shape[0] != model.unet().channels()
        || shape[1] != shape[2]
        || shape[1] < 1) {
      throw new InvalidSampleException(
          "%s: %s (expected: a square picture of %d channels)"
              .formatted(IMAGE, image.pixels(), model.unet().channels()));
    }
    float[] noise = new float[model.pixels()];
    new CounterNoise(request.seed(), request.stage(), "aug").normals(0, noise);
    return model
        .diffusion()
        .lowres()
        .prepare(image.pixels(), model.side(), model.schedule(), time, noise);
  }

  boolean guided() {
    return step.guided();
  }

  float[] state() {
    return state;
  }

  /** Noise of the present row; zeros where the row draws none. */
  float[] noise() {
    Row present = present();
    return present.noisy() ? noise.normals(row, model.pixels()) : new float[model.pixels()];
  }

  float[] packedRow() {
    return step.pack(present());
  }

  private Row present() {
    if (done()) {
      throw new IllegalStateException(
          "row %d of %d (expected: a sample that is not done)".formatted(row, rowsTotal()));
    }
    return table.rows().get(row);
  }

  CaptionTensors.Branch caption() {
    return caption;
  }

  CaptionTensors.Branch other() {
    return other;
  }

  float @Nullable [] lowres() {
    return lowres;
  }

  /** Takes the next state and moves to the next row. */
  void advance(float[] nextState, float[] x0) {
    state = nextState;
    predictedX0 = x0;
    row++;
  }

  @Override
  public int rowsDone() {
    return row;
  }

  @Override
  public int rowsTotal() {
    return table.rows().size();
  }

  @Override
  public Optional<HostTensor> preview() {
    return predictedX0 == null ? Optional.empty() : Optional.of(picture(predictedX0));
  }

  @Override
  public Map<String, StageValue> outputs() {
    if (!done()) {
      throw new IllegalStateException(
          "row %d of %d (expected: the last)".formatted(rowsDone(), rowsTotal()));
    }
    return Map.of(IMAGE, new StageValue.Image(picture(state)));
  }

  /** Brings [-1, 1] to [0, 1]. */
  private HostTensor picture(float[] values) {
    float[] picture = new float[model.pixels()];
    for (int i = 0; i < picture.length; i++) {
      picture[i] = Math.max(0, Math.min(1, (values[i] + 1) / 2));
    }
    return HostTensor.of(picture, model.unet().channels(), model.side(), model.side());
  }

  @Override
  public List<String> warnings() {
    return List.of();
  }
}
