package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Condition;
import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.Prediction;
import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.runner.DiffusionNetwork.Conditions;
import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Runs a {@link Denoiser}. A tick splits its samples into model calls of the bundle's fixed size,
 * guided and unguided apart; the last call is padded by repetition, so every call has one shape.
 */
final class DiffusionRunner implements StageRunner {
  private final DiffusionModel model;
  private final TorchModule module;
  private final int samplesPerCall;

  DiffusionRunner(DiffusionModel model, TorchModule module, int samplesPerCall) {
    this.model = model;
    this.module = module;
    this.samplesPerCall = samplesPerCall;
  }

  @Override
  public Sample begin(SampleRequest request) {
    int candidates = request.settings().path("candidates").asInt(1);
    return candidates == 1
        ? new DiffusionSample(model, request)
        : Candidates.begin(model, request, candidates);
  }

  @Override
  public Sample resume(SampleRequest request, Checkpoint checkpoint) {
    Sample sample = begin(request);
    SampleCheckpoint.restore(checkpoint, members(sample).toList());
    return sample;
  }

  private static Stream<DiffusionSample> members(Sample sample) {
    return sample instanceof Candidates candidates
        ? candidates.samples().stream()
        : Stream.of((DiffusionSample) sample);
  }

  @Override
  public void advance(List<Sample> samples) {
    List<DiffusionSample> all = samples.stream().flatMap(DiffusionRunner::members).toList();
    List<Runnable> moves = new ArrayList<>();
    for (boolean guided : new boolean[] {false, true}) {
      List<DiffusionSample> group = all.stream().filter(s -> s.guided() == guided).toList();
      for (int from = 0; from < group.size(); from += samplesPerCall) {
        int to = Math.min(group.size(), from + samplesPerCall);
        moves.addAll(call(group.subList(from, to), guided));
      }
    }
    moves.parallelStream().forEach(Runnable::run);
    model.network().finish().ifPresent(method -> finish(all, method));
  }

  private void finish(List<DiffusionSample> samples, String method) {
    for (DiffusionSample each : samples) {
      if (each.done()) {
        Input x = stack(List.of(each), DiffusionSample::x, model.extent().size());
        each.finish(module.call(method, List.of(x)).get(0).data());
      }
    }
  }

  /** Runs one model call; the returned moves are made once every call has succeeded. */
  private List<Runnable> call(List<DiffusionSample> samples, boolean guided) {
    List<DiffusionSample> padded = new ArrayList<>(samples);
    while (padded.size() < samplesPerCall) {
      padded.add(samples.get(0));
    }
    List<HostTensor> outputs =
        module.call(
            guided ? Denoiser.GUIDED_PREDICT : Denoiser.PREDICT, inputs(model, padded, guided));
    List<Runnable> moves = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      DiffusionSample sample = samples.get(i);
      int index = i;
      moves.add(() -> sample.advance(Prediction.of(outputs, index)));
    }
    return moves;
  }

  /** What one model call takes for these samples, in the order of {@link Denoiser}. */
  static List<Input> inputs(DiffusionModel model, List<DiffusionSample> samples, boolean guided) {
    Extent extent = model.extent();
    long[] x = {extent.channels(), extent.height(), extent.width()};
    float[][] rows = samples.stream().map(DiffusionSample::packedRow).toArray(float[][]::new);
    List<Input> inputs = new ArrayList<>();
    inputs.add(stack(samples, DiffusionSample::x, x));
    inputs.add(stack(List.of(rows), Function.identity(), rows[0].length));
    List<Condition> conditions = model.network().predictor().conditions();
    int branched = (int) conditions.stream().filter(Condition::branched).count();
    for (int i = 0; i < branched; i++) {
      inputs.add(condition(samples, conditions.get(i), Conditions::caption, i));
    }
    for (int i = 0; guided && i < branched; i++) {
      inputs.add(condition(samples, conditions.get(i), Conditions::other, i));
    }
    for (int i = branched; i < conditions.size(); i++) {
      inputs.add(condition(samples, conditions.get(i), Conditions::caption, i));
    }
    return inputs;
  }

  private static Input condition(
      List<DiffusionSample> samples,
      Condition condition,
      Function<Conditions, List<float[]>> branch,
      int index) {
    return stack(
        samples, sample -> branch.apply(sample.conditions()).get(index), condition.shape());
  }

  /** One tensor {@code (B, shape…)} of one array per sample. */
  private static <T> Input stack(List<T> samples, Function<T, float[]> part, long... shape) {
    long[] whole = new long[shape.length + 1];
    whole[0] = samples.size();
    System.arraycopy(shape, 0, whole, 1, shape.length);
    float[] first = part.apply(samples.get(0));
    if (samples.size() == 1) {
      return new Input.Floats(new HostTensor(whole, first));
    }
    float[] all = new float[samples.size() * first.length];
    for (int i = 0; i < samples.size(); i++) {
      float[] each = i == 0 ? first : part.apply(samples.get(i));
      System.arraycopy(each, 0, all, i * first.length, first.length);
    }
    return new Input.Floats(new HostTensor(whole, all));
  }

  @Override
  public void close() {
    module.close();
  }
}
