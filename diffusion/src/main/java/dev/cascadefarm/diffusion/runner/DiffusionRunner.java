package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.imagen.Denoiser;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
    return new DiffusionSample(model, request);
  }

  @Override
  public void advance(List<Sample> samples) {
    List<DiffusionSample> all = samples.stream().map(DiffusionSample.class::cast).toList();
    List<Runnable> moves = new ArrayList<>();
    for (boolean guided : new boolean[] {false, true}) {
      List<DiffusionSample> group = all.stream().filter(s -> s.guided() == guided).toList();
      for (int from = 0; from < group.size(); from += samplesPerCall) {
        int to = Math.min(group.size(), from + samplesPerCall);
        moves.addAll(call(group.subList(from, to), guided));
      }
    }
    moves.forEach(Runnable::run);
  }

  /** Runs one model call; the returned moves are made once every call has succeeded. */
  private List<Runnable> call(List<DiffusionSample> samples, boolean guided) {
    List<DiffusionSample> padded = new ArrayList<>(samples);
    while (padded.size() < samplesPerCall) {
      padded.add(samples.get(0));
    }
    List<HostTensor> outputs =
        module.call(guided ? Denoiser.GUIDED_STEP : Denoiser.STEP, inputs(model, padded, guided));
    List<Runnable> moves = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      DiffusionSample sample = samples.get(i);
      float[] state = slice(outputs.get(0), i);
      float[] x0 = slice(outputs.get(1), i);
      moves.add(() -> sample.advance(state, x0));
    }
    return moves;
  }

  /** What one model call takes for these samples, in the order of {@link Denoiser}. */
  static List<Input> inputs(DiffusionModel model, List<DiffusionSample> samples, boolean guided) {
    long channels = model.unet().channels();
    long side = model.side();
    List<Input> inputs = new ArrayList<>();
    inputs.add(
        stack(
            samples,
            DiffusionSample::state,
            1L + model.diffusion().history(),
            channels,
            side,
            side));
    inputs.add(stack(samples, DiffusionSample::noise, channels, side, side));
    float[][] rows = samples.stream().map(DiffusionSample::packedRow).toArray(float[][]::new);
    inputs.add(stack(List.of(rows), Function.identity(), rows[0].length));
    caption(model, samples, DiffusionSample::caption).forEach(inputs::add);
    if (guided) {
      caption(model, samples, DiffusionSample::other).forEach(inputs::add);
    }
    if (model.unet().lowresCond()) {
      inputs.add(
          stack(samples, sample -> Objects.requireNonNull(sample.lowres()), channels, side, side));
    }
    return inputs;
  }

  private static Stream<Input> caption(
      DiffusionModel model,
      List<DiffusionSample> samples,
      Function<DiffusionSample, CaptionTensors.Branch> branch) {
    long length = model.unet().maxTextLen();
    return Stream.of(
        stack(
            samples,
            branch.andThen(each -> each.embeds().data()),
            length,
            model.unet().textEmbedDim()),
        stack(samples, branch.andThen(each -> each.mask().data()), length),
        stack(samples, branch.andThen(each -> new float[] {each.keep()})));
  }

  /** One tensor {@code (B, shape…)} of one array per sample. */
  private static <T> Input stack(List<T> samples, Function<T, float[]> part, long... shape) {
    long[] whole = new long[shape.length + 1];
    whole[0] = samples.size();
    System.arraycopy(shape, 0, whole, 1, shape.length);
    float[] first = part.apply(samples.get(0));
    float[] all = new float[samples.size() * first.length];
    for (int i = 0; i < samples.size(); i++) {
      float[] each = i == 0 ? first : part.apply(samples.get(i));
      System.arraycopy(each, 0, all, i * first.length, first.length);
    }
    return new Input.Floats(new HostTensor(whole, all));
  }

  private static float[] slice(HostTensor batch, int index) {
    int size = batch.data().length / (int) batch.shape()[0];
    float[] one = new float[size];
    System.arraycopy(batch.data(), index * size, one, 0, size);
    return one;
  }

  @Override
  public void close() {
    module.close();
  }
}
