package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.denoise.SampleState;
import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.CheckpointRefusedException;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a task's samples are written down and taken up again. Sample i has tensors {@code i.x} and
 * {@code i.h1} … {@code i.hK}, each {@code (C, H, W)}.
 */
final class SampleCheckpoint {
  private static final String CANDIDATES = "candidates";

  private SampleCheckpoint() {}

  /** Where the samples of a task are, all at one row; empty at its beginning and end. */
  static Optional<Checkpoint> of(List<DiffusionSample> samples) {
    DiffusionSample first = samples.get(0);
    if (first.rowsDone() == 0 || first.done()) {
      return Optional.empty();
    }
    Map<String, HostTensor> tensors = new HashMap<>();
    for (int i = 0; i < samples.size(); i++) {
      List<float[]> state = samples.get(i).state().tensors();
      for (int k = 0; k < state.size(); k++) {
        tensors.put(name(i, k), new HostTensor(shape(first), state.get(k)));
      }
    }
    Map<String, String> origin = first.origin().words();
    return Optional.of(
        new Checkpoint(origin, first.rowsDone(), tensors).with(CANDIDATES, count(samples)));
  }

  /**
   * Takes a task's samples to where others of it were.
   *
   * @param samples just begun
   * @throws CheckpointRefusedException if those were not of such a task
   */
  static void restore(Checkpoint checkpoint, List<DiffusionSample> samples) {
    DiffusionSample first = samples.get(0);
    checkpoint.without(CANDIDATES, count(samples)).requireOrigin(first.origin().words());
    require(
        checkpoint.row() < first.rowsTotal(),
        "row",
        checkpoint.row(),
        "less than " + first.rowsTotal());
    int history = first.state().tensors().size();
    require(
        checkpoint.tensors().size() == samples.size() * history,
        "tensors",
        checkpoint.tensors().keySet(),
        samples.size() * history + " of them");
    List<SampleState> states = new ArrayList<>();
    for (int i = 0; i < samples.size(); i++) {
      states.add(state(checkpoint, i, history, shape(first)));
    }
    for (int i = 0; i < samples.size(); i++) {
      samples.get(i).restore(states.get(i), checkpoint.row());
    }
  }

  private static SampleState state(Checkpoint checkpoint, int sample, int tensors, long[] shape) {
    List<float[]> state = new ArrayList<>();
    for (int k = 0; k < tensors; k++) {
      HostTensor tensor = checkpoint.tensors().get(name(sample, k));
      require(
          tensor != null && Arrays.equals(tensor.shape(), shape),
          name(sample, k),
          String.valueOf(tensor),
          Arrays.toString(shape));
      state.add(tensor.data());
    }
    return SampleState.of(state);
  }

  private static String name(int sample, int tensor) {
    return sample + (tensor == 0 ? ".x" : ".h" + tensor);
  }

  private static String count(List<DiffusionSample> samples) {
    return Integer.toString(samples.size());
  }

  private static long[] shape(DiffusionSample sample) {
    Extent extent = sample.extent();
    return new long[] {extent.channels(), extent.height(), extent.width()};
  }

  private static void require(boolean fits, String name, Object value, String expected) {
    if (!fits) {
      throw new CheckpointRefusedException(
          "%s: %s (expected: %s)".formatted(name, value, expected));
    }
  }
}
