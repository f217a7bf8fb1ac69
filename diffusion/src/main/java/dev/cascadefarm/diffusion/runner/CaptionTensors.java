package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.text.CaptionLength;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
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

  /** An encoded prompt of random numbers, the second half padding. */
  static Map<String, HostTensor> example(int length, int width) {
    CounterNoise noise = new CounterNoise(1, "self-test", "embeds");
    float[] mask = new float[length];
    Arrays.fill(mask, 0, length / 2, 1);
    return Map.of(
        embeds(PROMPT),
        HostTensor.of(noise.normals(0, length * width), 1, length, width),
        mask(PROMPT),
        HostTensor.of(mask, 1, length));
  }

  /** An encoded prompt with a random embedding of the whole beside it. */
  static StageValue withPooled(StageValue example, int width) {
    Map<String, HostTensor> tensors = new HashMap<>(((StageValue.Tensors) example).tensors());
    float[] numbers = new CounterNoise(1, "self-test", "pooled").normals(0, width);
    tensors.put(pooled(PROMPT), HostTensor.of(numbers, 1, width));
    return new StageValue.Tensors(tensors);
  }

  /**
   * What a branch of the guidance hears; brought to the length the model takes.
   *
   * @param embeds {@code (1, N, E)}
   * @param mask {@code (1, N)}
   * @param keep 1, or 0 where the model's own "no caption" speaks
   */
  record Branch(HostTensor embeds, HostTensor mask, float keep) {
    /** All three, as most networks take them. */
    List<float[]> tensors() {
      return List.of(embeds.data(), mask.data(), new float[] {keep});
    }
  }

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

  /**
   * The branch that follows the caption; the model's own "no caption" where the task brings none.
   */
  static Branch captionOrNone(Map<String, StageValue> inputs, int length, int width) {
    return inputs.containsKey(EMBEDS) ? caption(inputs, length, width) : none(length, width);
  }

  /** The branch that is pushed away from; "no caption" where the task brings none. */
  static Branch otherOrNone(Map<String, StageValue> inputs, int length, int width) {
    return inputs.containsKey(EMBEDS) ? other(inputs, length, width) : none(length, width);
  }

  private static Branch none(int length, int width) {
    return new Branch(
        HostTensor.of(new float[length * width], 1, length, width),
        HostTensor.of(new float[length], 1, length),
        0);
  }

  /**
   * The embedding of a caption as a whole.
   *
   * @return {@code (D)}
   */
  static float[] pooledCaption(Map<String, StageValue> inputs, int latentDim) {
    return pooled(tensors(inputs), PROMPT, latentDim);
  }

  /** That of the negative prompt, or, where there is none, of the caption. */
  static float[] pooledOther(Map<String, StageValue> inputs, int latentDim) {
    Map<String, HostTensor> tensors = tensors(inputs);
    boolean negative = tensors.containsKey(embeds(NEGATIVE_PROMPT));
    return pooled(tensors, negative ? NEGATIVE_PROMPT : PROMPT, latentDim);
  }

  /**
   * An encoded caption with its embedding as a whole.
   *
   * @param pooled {@code (P)}
   */
  record Whole(Branch branch, float[] pooled) {
    /** Its tokens, their mask, and the whole. */
    List<float[]> tensors() {
      return List.of(branch.embeds().data(), branch.mask().data(), pooled);
    }
  }

  /** What both branches of the guidance hear. */
  record Wholes(Whole caption, Whole other) {}

  /**
   * Captions for models without a "no caption" of their own: in its place they hear zeros.
   *
   * @param pooledWidth of a caption as a whole
   */
  static Wholes wholes(Map<String, StageValue> inputs, int length, int width, int pooledWidth) {
    Whole caption = new Whole(caption(inputs, length, width), pooledCaption(inputs, pooledWidth));
    Branch other = other(inputs, length, width);
    return new Wholes(
        caption,
        other.keep() == 1
            ? new Whole(other, pooledOther(inputs, pooledWidth))
            : new Whole(none(length, width), new float[pooledWidth]));
  }

  private static float[] pooled(Map<String, HostTensor> tensors, String input, int latentDim) {
    HostTensor pooled = tensors.get(pooled(input));
    if (pooled == null || !Arrays.equals(pooled.shape(), new long[] {1, latentDim})) {
      throw new InvalidSampleException(
          "%s: %s (expected: the caption's embedding, 1×%d)"
              .formatted(pooled(input), pooled, latentDim));
    }
    return pooled.data();
  }

  /** Whether there is a negative prompt, or a caption that stands for a missing one. */
  static boolean hasNegative(Map<String, StageValue> inputs) {
    return tensors(inputs).containsKey(embeds(NEGATIVE_PROMPT));
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
