package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Prediction;
import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.denoise.SampleState;
import dev.cascadefarm.diffusion.denoise.StepSettings;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.sampler.Rows;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.sampler.SamplerTable;
import dev.cascadefarm.diffusion.sampler.Steps;
import dev.cascadefarm.diffusion.stage.Checkpoint;
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
  private static final float[] NONE = {};

  private final DiffusionModel model;
  private final SamplerTable table;
  private final StepSettings step;
  private final DiffusionNetwork.Conditions conditions;
  private final CounterNoise noise;
  private final SampleOrigin origin;
  private SampleState state;
  private float @Nullable [] predictedX0;
  private float @Nullable [] finished;
  private int row;

  DiffusionSample(DiffusionModel model, SampleRequest request) {
    this(model, request, 0);
  }

  /**
   * One of several samples of a task.
   *
   * @param candidate number among them; part of the key of its noise, but for 0
   */
  DiffusionSample(DiffusionModel model, SampleRequest request, int candidate) {
    Rows rows = model.diffusion().rows();
    DiffusionSettings settings = DiffusionSettings.of(request.settings(), rows);
    float @Nullable [] picture = model.start(request).orElse(null);
    this.model = model;
    try {
      Steps steps =
          picture == null
              ? Steps.all(settings.steps())
              : Steps.of(settings.steps(), settings.strength());
      this.table =
          rows.of(
              Sampler.of(settings.sampler(), settings.options(model.diffusion().habits()))
                  .table(model.schedule(), model.diffusion().objective(), steps)
                  .within(model.diffusion().history()));
      int lowresTime = model.diffusion().lowresTime(settings.aug());
      this.step = new StepSettings(settings.guidance(), settings.bounds(), lowresTime);
    } catch (IllegalArgumentException e) {
      throw new InvalidSampleException(e.getMessage());
    }
    this.origin =
        new SampleOrigin(request.stage(), request.seed(), settings.sampler(), table, step);
    this.conditions = model.network().conditions(request, step.lowresTime());
    this.noise = noise(request, "step", candidate);
    float[] x =
        rows == Rows.LAST
            ? NoisyPicture.read(request, model.extent())
            : start(picture, noise(request, "start", candidate));
    this.state = SampleState.start(x, table.history());
  }

  private static CounterNoise noise(SampleRequest request, String purpose, int candidate) {
    String key = candidate == 0 ? purpose : purpose + " " + candidate;
    return new CounterNoise(request.seed(), request.stage(), key);
  }

  /** Noise alone, or a noised picture. */
  private float[] start(float @Nullable [] picture, CounterNoise draws) {
    int size = model.extent().size();
    float[] noise = draws.normals(0, size);
    float[] start = new float[size];
    double scale = picture == null ? table.startScale() : table.noising().spread();
    for (int i = 0; i < size; i++) {
      double signal = picture == null ? 0 : table.noising().signal() * picture[i];
      start[i] = (float) (signal + scale * noise[i]);
    }
    return start;
  }

  boolean guided() {
    return step.guided();
  }

  float[] x() {
    return state.x();
  }

  float[] packedRow() {
    return step.pack(present(), model.learnsVariance());
  }

  private Row present() {
    if (done()) {
      throw new IllegalStateException(
          "row %d of %d (expected: a sample that is not done)".formatted(row, rowsTotal()));
    }
    return table.rows().get(row);
  }

  DiffusionNetwork.Conditions conditions() {
    return conditions;
  }

  SampleState state() {
    return state;
  }

  SampleOrigin origin() {
    return origin;
  }

  Extent extent() {
    return model.extent();
  }

  /** Goes on from the state that such a sample had after so many rows. */
  void restore(SampleState after, int rows) {
    state = after;
    row = rows;
  }

  /** Goes on to the next row from what the model made of this one. */
  void advance(Prediction prediction) {
    Row present = present();
    float[] drawn = present.noisy() ? noise.normals(row, model.extent().size()) : NONE;
    float[] x0 = prediction.x0(state.x(), present, step.threshold());
    state = state.next(present, x0, prediction, drawn);
    predictedX0 = x0;
    row++;
  }

  /** Replaces the last state by what the network makes of it. */
  void finish(float[] result) {
    finished = result;
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
    return predictedX0 == null
        ? Optional.empty()
        : model.network().medium().preview(predictedX0, model.extent());
  }

  @Override
  public Optional<Checkpoint> checkpoint() {
    return SampleCheckpoint.of(List.of(this));
  }

  @Override
  public Map<String, StageValue> outputs() {
    if (!done()) {
      throw new IllegalStateException(
          "row %d of %d (expected: the last)".formatted(rowsDone(), rowsTotal()));
    }
    return model.outputs(finished == null ? state.x() : finished);
  }

  @Override
  public List<String> warnings() {
    return List.of();
  }
}
