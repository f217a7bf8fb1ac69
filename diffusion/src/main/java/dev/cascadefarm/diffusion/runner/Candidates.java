package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Several samples of one task, of which the best goes on. The first is the one that the task would
 * have alone, so that more candidates are never worse by their judge.
 */
final class Candidates implements Sample {
  private final List<DiffusionSample> samples;
  private final ToDoubleFunction<float[]> judge;

  private Candidates(List<DiffusionSample> samples, ToDoubleFunction<float[]> judge) {
    this.samples = samples;
    this.judge = judge;
  }

  /**
   * Begins them.
   *
   * @param count at least 2
   * @throws InvalidSampleException if they are too many, or nothing tells which is best
   */
  static Candidates begin(DiffusionModel model, SampleRequest request, int count) {
    ToDoubleFunction<float[]> judge =
        model
            .network()
            .judge(request)
            .orElseThrow(() -> refused(count, "1, as this stage has no judge of them"));
    if (count < 1 || count > DiffusionConfig.MOST_CANDIDATES) {
      throw refused(count, "1 to " + DiffusionConfig.MOST_CANDIDATES);
    }
    List<DiffusionSample> samples = new ArrayList<>();
    for (int candidate = 0; candidate < count; candidate++) {
      samples.add(new DiffusionSample(model, request, candidate));
    }
    return new Candidates(List.copyOf(samples), judge);
  }

  private static InvalidSampleException refused(int count, String expected) {
    return new InvalidSampleException("candidates: %d (expected: %s)".formatted(count, expected));
  }

  /** All of them; they are advanced together. */
  List<DiffusionSample> samples() {
    return samples;
  }

  private DiffusionSample first() {
    return samples.get(0);
  }

  @Override
  public int rowsDone() {
    return first().rowsDone();
  }

  @Override
  public int rowsTotal() {
    return first().rowsTotal();
  }

  @Override
  public Optional<HostTensor> preview() {
    return first().preview();
  }

  @Override
  public Optional<Checkpoint> checkpoint() {
    return SampleCheckpoint.of(samples);
  }

  /** Those of the best; of equals, of the first. */
  @Override
  public Map<String, StageValue> outputs() {
    Comparator<DiffusionSample> better =
        Comparator.comparingDouble(each -> judge.applyAsDouble(each.x()));
    return samples.stream().max(better).orElseThrow().outputs();
  }

  @Override
  public List<String> warnings() {
    return first().warnings();
  }
}
