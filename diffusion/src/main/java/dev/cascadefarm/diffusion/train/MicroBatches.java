package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Parts of a batch that are small enough for one call of the model. */
final class MicroBatches {
  private MicroBatches() {}

  /**
   * A part.
   *
   * @param share of the batch's samples
   */
  record Part(List<Input> inputs, double share) {}

  /**
   * Cuts a batch along the first dimension of its inputs.
   *
   * @param most samples of a part; 0 for all
   */
  static List<Part> of(List<Input> batch, int most) {
    int count = samples(batch.get(0));
    if (most == 0 || most >= count) {
      return List.of(new Part(batch, 1));
    }
    List<Part> parts = new ArrayList<>();
    for (int from = 0; from < count; from += most) {
      int start = from;
      int end = Math.min(count, from + most);
      List<Input> inputs = batch.stream().map(each -> part(each, start, end, count)).toList();
      parts.add(new Part(inputs, (double) (end - start) / count));
    }
    return parts;
  }

  private static int samples(Input input) {
    return (int)
        (input instanceof Input.Longs longs
            ? longs.shape()[0]
            : ((Input.Floats) input).tensor().shape()[0]);
  }

  private static Input part(Input input, int start, int end, int count) {
    if (samples(input) != count) {
      throw new IllegalArgumentException(
          "batch: %d samples (expected: %d in every input)".formatted(samples(input), count));
    }
    if (input instanceof Input.Longs longs) {
      int each = longs.data().length / count;
      return new Input.Longs(
          shape(longs.shape(), end - start),
          Arrays.copyOfRange(longs.data(), start * each, end * each));
    }
    HostTensor tensor = ((Input.Floats) input).tensor();
    int each = tensor.data().length / count;
    return new Input.Floats(
        new HostTensor(
            shape(tensor.shape(), end - start),
            Arrays.copyOfRange(tensor.data(), start * each, end * each)));
  }

  private static long[] shape(long[] whole, int samples) {
    long[] shape = whole.clone();
    shape[0] = samples;
    return shape;
  }
}
