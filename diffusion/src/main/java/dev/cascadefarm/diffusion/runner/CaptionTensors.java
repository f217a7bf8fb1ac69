package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.text.CaptionLength;
import java.util.Arrays;
import java.util.Map;

/** The names under which encoded captions travel from a text stage to a diffusion stage. */
final class CaptionTensors {
  static final String PROMPT = "prompt";
  static final String NEGATIVE_PROMPT = "negative_prompt";
  static final String EMBEDS = "embeds";

  private CaptionTensors() {}

  static String embeds(String input) {
    return input + ".embeds";
  }

  static String mask(String input) {
    return input + ".mask";
  }

  /** Of a caption, or a picture, as a whole. */
  static String pooled(String input) {
    return input + ".pooled";
  }

  /**
   * What a branch of the guidance hears; brought to the length the model takes.
   *
   * @param embeds {@code (1, N, E)}
   * @param mask {@code (1, N)}
   * @param keep 1, or 0 where the model's own "no caption" speaks
   */
  record Branch(HostTensor embeds, HostTensor mask, float keep) {}

  /** The branch that follows the caption. */
  static Branch caption(Map<String, StageValue> inputs, int length, int width) {
    return branch(tensors(inputs), PROMPT, length, width);
  }

  /** The branch that is pushed away from: the negative prompt, or no caption at all. */
  static Branch other(Map<String, StageValue> inputs, int length, int width) {
    Map<String, HostTensor> tensors = tensors(inputs);
    if (tensors.containsKey(embeds(NEGATIVE_PROMPT))) {
      return branch(tensors, NEGATIVE_PROMPT, length, width);
    }
    Branch caption = branch(tensors, PROMPT, length, width);
    return new Branch(caption.embeds(), caption.mask(), 0);
  }

  private static Map<String, HostTensor> tensors(Map<String, StageValue> inputs) {
    if (inputs.get(EMBEDS) instanceof StageValue.Tensors embeds) {
      return embeds.tensors();
    }
    throw new InvalidSampleException(
        EMBEDS + ": " + inputs.get(EMBEDS) + " (expected: an encoded caption)");
  }

  private static Branch branch(
      Map<String, HostTensor> tensors, String input, int length, int width) {
    HostTensor embeds = tensors.get(embeds(input));
    HostTensor mask = tensors.get(mask(input));
    if (embeds == null || mask == null || !areCaption(embeds.shape(), mask.shape(), width)) {
      throw new InvalidSampleException(
          "%s: %s, %s (expected: 1×N×%d and 1×N)".formatted(input, embeds, mask, width));
    }
    return new Branch(CaptionLength.fit(embeds, length), CaptionLength.fit(mask, length), 1);
  }

  private static boolean areCaption(long[] embeds, long[] mask, int width) {
    return embeds.length == 3
        && embeds[0] == 1
        && embeds[1] >= 1
        && embeds[2] == width
        && Arrays.equals(mask, new long[] {1, embeds[1]});
  }
}
