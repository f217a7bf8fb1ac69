package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.StepSettings;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.sampler.Row;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.sampler.SamplerTable;
import dev.cascadefarm.diffusion.sampler.Steps;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A picture on its way from noise: the state (x and history), the row it is at, and what it is
 * conditioned on. All its randomness is drawn by name, so it is the same picture in any company.
 */
final class DiffusionSample implements Sample {
  private final DiffusionModel model;
  private final SamplerTable table;
  private final StepSettings step;
  private final DiffusionNetwork.Conditions conditions;
  private final CounterNoise noise;
  private float[] state;
  private float @Nullable [] predictedX0;
  private int row;

  DiffusionSample(DiffusionModel model, SampleRequest request) {
    DiffusionSettings settings = DiffusionSettings.of(request.settings());
    float @Nullable [] picture = model.start(request).orElse(null);
    this.model = model;
    try {
      Steps steps =
          picture == null
              ? Steps.all(settings.steps())
              : Steps.of(settings.steps(), settings.strength());
      this.table =
          Sampler.of(settings.sampler(), settings.options(model.diffusion().habits()))
              .table(model.schedule(), model.diffusion().objective(), steps)
              .withHistory(model.diffusion().history());
      int lowresTime = model.diffusion().lowresSchedule().timestepOf(settings.aug());
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
    this.conditions = model.network().conditions(request, step.lowresTime());
    this.noise = new CounterNoise(request.seed(), request.stage(), "step");
    this.state = start(picture, new CounterNoise(request.seed(), request.stage(), "start"));
  }

  /** Noise alone, or a noised picture; the history is zeros. */
  private float[] start(float @Nullable [] picture, CounterNoise draws) {
    int size = model.extent().size();
    float[] noise = draws.normals(0, size);
    float[] start = new float[model.states() * size];
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

  float[] state() {
    return state;
  }

  /** Noise of the present row; zeros where the row draws none. */
  float[] noise() {
    Row present = present();
    int size = model.extent().size();
    return present.noisy() ? noise.normals(row, size) : new float[size];
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
    return predictedX0 == null
        ? Optional.empty()
        : model.network().medium().preview(predictedX0, model.extent());
  }

  @Override
  public Map<String, StageValue> outputs() {
    if (!done()) {
      throw new IllegalStateException(
          "row %d of %d (expected: the last)".formatted(rowsDone(), rowsTotal()));
    }
    return model
        .network()
        .medium()
        .outputs(Arrays.copyOf(state, model.extent().size()), model.extent());
  }

  @Override
  public List<String> warnings() {
    return List.of();
  }
}
