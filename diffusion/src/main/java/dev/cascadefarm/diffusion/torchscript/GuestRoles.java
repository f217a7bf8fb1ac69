package dev.cascadefarm.diffusion.torchscript;

import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.EMBEDS;
import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.MASK;
import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.POOLED;
import static dev.cascadefarm.diffusion.torchscript.GuestPredictor.PREDICTION;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks the tensors of a call against what their names stand for. */
final class GuestRoles {
  private static final String AMONG = "one of ";

  private final String place;
  private final GuestCall call;

  GuestRoles(String place, GuestCall call) {
    this.place = place;
    this.call = call;
  }

  /** Demands that every input has one of these names. */
  void inputs(String... names) {
    known("inputs", call.inputs(), List.of(names));
  }

  /** Demands that every output has one of these names. */
  void outputs(String... names) {
    known("outputs", call.outputs(), List.of(names));
  }

  private void known(String key, List<GuestTensor> tensors, List<String> names) {
    for (GuestTensor each : tensors) {
      if (!names.contains(each.name())) {
        throw fault("%s: %s".formatted(key, each.name()), AMONG + String.join(", ", names));
      }
    }
  }

  void require(boolean fits, String name, String expected) {
    if (!fits) {
      String found = find(name).map(GuestTensor::written).orElse("missing");
      throw fault(name + ": " + found, expected);
    }
  }

  /** Demands channels, height and width, and a square. */
  void picture(String name) {
    boolean fits =
        find(name)
            .map(
                each -> each.shape().size() == 3 && each.shape().get(1).equals(each.shape().get(2)))
            .orElse(false);
    require(fits, name, "[B, channels, side, side]");
  }

  /** One size of one sample. */
  int size(String name, int dimension) {
    return find(name).orElseThrow().shape().get(dimension);
  }

  /** Demands a shape, if there is such a tensor. */
  void sample(String name, List<Integer> shape) {
    Optional<GuestTensor> tensor = find(name);
    String sizes = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    require(
        tensor.map(each -> each.shape().equals(shape)).orElse(true), name, "[B, " + sizes + "]");
  }

  /** Demands one number a sample, if there is such a tensor. */
  void perSample(String name) {
    require(find(name).map(each -> each.count() == 1).orElse(true), name, "[B] or [B, 1]");
  }

  /** Demands as many channels as x has, or twice as many, for the variance. */
  void prediction(int channels, int side) {
    boolean fits =
        call.output(PREDICTION)
            .map(
                each ->
                    each.shape().equals(List.of(channels, side, side))
                        || each.shape().equals(List.of(2 * channels, side, side)))
            .orElse(false);
    require(
        fits,
        PREDICTION,
        "[B, %1$d, %3$d, %3$d], or %2$d channels with the variance"
            .formatted(channels, 2 * channels, side));
  }

  /** Demands what captions look like where a diffusion stage hears them. */
  void captions() {
    require(find(EMBEDS).map(each -> each.shape().size() == 2).orElse(true), EMBEDS, "[B, N, E]");
    require(find(POOLED).map(each -> each.shape().size() == 1).orElse(true), POOLED, "[B, D]");
    find(MASK).ifPresent(mask -> sample(MASK, List.of(size(EMBEDS, 0))));
  }

  /** Demands what captions look like where a text stage gives them. */
  void text(int length) {
    captions();
    require(size(EMBEDS, 0) == length, EMBEDS, "[B, %d, E], as ids".formatted(length));
  }

  private Optional<GuestTensor> find(String name) {
    return call.input(name).or(() -> call.output(name));
  }

  private TorchScriptException fault(String found, String expected) {
    return new TorchScriptException("%s: %s (expected: %s)".formatted(place, found, expected));
  }
}
