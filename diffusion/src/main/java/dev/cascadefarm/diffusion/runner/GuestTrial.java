package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.runner.CaptionModel.Caption;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.torchscript.GuestCall;
import dev.cascadefarm.diffusion.torchscript.GuestPredictor;
import dev.cascadefarm.diffusion.torchscript.GuestStage;
import dev.cascadefarm.diffusion.torchscript.GuestTensor;
import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Calls a guest with numbers of the described shapes: alone, again, and in company. Its answers
 * must have the described shapes, be finite, and be the same each time.
 */
final class GuestTrial {
  /**
   * Largest difference allowed, relative to the largest answer: sums of a batch round otherwise.
   */
  private static final double TOLERANCE = 1e-3;

  private static final int LONGEST_REASON = 300;

  private final GuestCall call;
  private final TorchModule module;
  private final IntFunction<List<float[]>> samples;

  private GuestTrial(GuestCall call, TorchModule module, IntFunction<List<float[]>> samples) {
    this.call = call;
    this.module = module;
    this.samples = samples;
  }

  /**
   * A trial of what is no text encoder.
   *
   * @param timesteps T; 1 where nothing diffuses
   */
  static GuestTrial of(GuestStage stage, TorchModule module, int timesteps) {
    return new GuestTrial(
        stage.call(),
        module,
        sample ->
            stage.call().inputs().stream().map(each -> numbers(each, sample, timesteps)).toList());
  }

  /** A trial of a text encoder with two captions. */
  static GuestTrial of(GuestStage stage, TorchModule module, List<Caption> captions) {
    return new GuestTrial(
        stage.call(), module, sample -> captionNumbers(stage.call(), captions.get(sample)));
  }

  private static List<float[]> captionNumbers(GuestCall call, Caption caption) {
    List<float[]> numbers = new ArrayList<>();
    for (GuestTensor each : call.inputs()) {
      float[] values = new float[caption.ids().length];
      for (int i = 0; i < values.length; i++) {
        values[i] = each.name().equals(GuestStage.IDS) ? caption.ids()[i] : caption.mask()[i];
      }
      numbers.add(values);
    }
    return numbers;
  }

  /** What one of two samples brings, as the guest hears it. */
  private static float[] numbers(GuestTensor input, int sample, int timesteps) {
    float[] numbers = new float[input.count()];
    switch (input.name()) {
      case GuestPredictor.TIMESTEP, GuestPredictor.IMAGE_TIMESTEP ->
          Arrays.fill(
              numbers, (float) (input.scale() * (sample == 0 ? timesteps - 1 : timesteps / 2)));
      case GuestPredictor.KEEP -> Arrays.fill(numbers, 1 - sample);
      case GuestPredictor.MASK -> Arrays.fill(numbers, 0, (numbers.length + 1) / 2, 1);
      default ->
          numbers = new CounterNoise(1 + sample, "trial", input.name()).normals(0, numbers.length);
    }
    return numbers;
  }

  /**
   * Runs it.
   *
   * @throws TorchScriptException naming the answer that does not fit
   */
  void run() {
    List<HostTensor> alone = checked(1, 0);
    List<HostTensor> again = checked(1, 0);
    List<HostTensor> together = checked(2, 0);
    for (int i = 0; i < alone.size(); i++) {
      String name = call.outputs().get(i).name();
      requireSame(
          name + " of two equal calls",
          alone.get(i),
          again.get(i).data(),
          "the same numbers: no dropout, nothing random; export after model.eval()");
      float[] first = Arrays.copyOf(together.get(i).data(), alone.get(i).data().length);
      requireSame(
          name + " alone and beside another sample",
          alone.get(i),
          first,
          "the same numbers: no batch normalisation over the batch; export after model.eval()");
    }
  }

  private List<HostTensor> checked(int batch, int first) {
    List<Input> inputs = new ArrayList<>();
    for (int i = 0; i < call.inputs().size(); i++) {
      GuestTensor input = call.inputs().get(i);
      float[] all = new float[batch * input.count()];
      for (int sample = 0; sample < batch; sample++) {
        float[] each = samples.apply(first + sample).get(i);
        System.arraycopy(each, 0, all, sample * each.length, each.length);
      }
      inputs.add(input(input, all, batch));
    }
    List<HostTensor> answers = call(module, call, inputs);
    requireFit(call, answers, batch);
    return answers;
  }

  static Input input(GuestTensor input, float[] numbers, int batch) {
    if (input.dtype().fractional()) {
      return new Input.Floats(new HostTensor(input.batched(batch), numbers));
    }
    long[] whole = new long[numbers.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (long) numbers[i];
    }
    return new Input.Longs(input.batched(batch), whole);
  }

  /** One raw call. */
  static List<HostTensor> call(TorchModule module, GuestCall call, List<Input> inputs) {
    try {
      return module.call(GuestCall.RAW, inputs);
    } catch (StageException e) {
      throw new TorchScriptException(
          "%s: %s (expected: it takes %s)".formatted(call.method(), reason(e), call.described()),
          e);
    }
  }

  /** Demands the described shapes, and finite numbers. */
  static void requireFit(GuestCall call, List<HostTensor> answers, int batch) {
    for (int i = 0; i < answers.size(); i++) {
      GuestTensor output = call.outputs().get(i);
      if (output.name().equals(GuestTensor.UNUSED)) {
        continue;
      }
      long[] expected = output.batched(batch);
      if (!Arrays.equals(answers.get(i).shape(), expected)) {
        throw new TorchScriptException(
            "%s: %s of %d: %s (expected: %s, as described)"
                .formatted(
                    call.method(),
                    output.name(),
                    batch,
                    Arrays.toString(answers.get(i).shape()),
                    Arrays.toString(expected)));
      }
      for (float each : answers.get(i).data()) {
        if (!Float.isFinite(each)) {
          throw new TorchScriptException(
              "%s: %s holds %s (expected: finite numbers)"
                  .formatted(call.method(), output.name(), each));
        }
      }
    }
  }

  private void requireSame(String what, HostTensor answer, float[] other, String expected) {
    double largest = 1e-6;
    double difference = 0;
    for (int i = 0; i < other.length; i++) {
      largest = Math.max(largest, Math.abs(answer.data()[i]));
      difference = Math.max(difference, Math.abs(answer.data()[i] - other[i]));
    }
    if (!(difference <= TOLERANCE * largest)) {
      throw new TorchScriptException(
          "%s: %s: differ by %.3g (expected: %s)"
              .formatted(call.method(), what, difference, expected));
    }
  }

  /** Compares with what a file says that the guest answers. */
  void replay(Map<String, HostTensor> recorded, String file) {
    new GuestRecord(call, recorded, file).replay(module);
  }

  /** The one line of libtorch's that says what is wrong. */
  static String reason(Throwable failure) {
    @Nullable Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String text = cause.getMessage() == null ? cause.toString() : cause.getMessage();
    List<String> lines = text.lines().map(String::strip).filter(each -> !each.isEmpty()).toList();
    String line =
        lines.stream()
            .filter(each -> each.matches("\\w*(?:Error|Exception): .*"))
            .reduce((first, last) -> last)
            .orElse(lines.isEmpty() ? failure.toString() : lines.get(0));
    return line.length() <= LONGEST_REASON ? line : line.substring(0, LONGEST_REASON) + "…";
  }
}
