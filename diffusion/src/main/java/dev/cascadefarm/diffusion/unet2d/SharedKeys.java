package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.Activation;
import dev.cascadefarm.diffusion.diffusers.DiffusersConfig;
import dev.cascadefarm.diffusion.diffusers.Normalization;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The keys that mean the same in the configurations of both classes.
 *
 * @param channels {@code block_out_channels}
 * @param normalization of the residual blocks
 * @param activation of the residual blocks
 * @param scaleShift whether the embedding scales and shifts
 */
record SharedKeys(
    List<Integer> channels,
    Normalization normalization,
    Activation activation,
    boolean scaleShift) {
  static SharedKeys read(DiffusersConfig file, List<Integer> channels, List<BlockKind> down) {
    int groups = file.size("norm_num_groups", 32);
    String key = "block_out_channels";
    boolean even = channels.stream().allMatch(each -> each % groups == 0);
    file.require(even, key, "multiples of norm_num_groups, " + groups);
    file.require(channels.size() == down.size(), key, "as many as down_block_types");
    file.ignore("dropout");
    return new SharedKeys(
        channels,
        new Normalization(groups, file.positive("norm_eps", 1e-5)),
        Activation.of(file, "act_fn"),
        scaleShift(file));
  }

  private static boolean scaleShift(DiffusersConfig file) {
    String key = "resnet_time_scale_shift";
    String value = file.text(key, "default");
    boolean scaleShift = value.equals("scale_shift");
    file.require(scaleShift || value.equals("default"), key, "default or scale_shift");
    return scaleShift;
  }

  /** The lowest resolution's channels. */
  int lowest() {
    return channels.get(channels.size() - 1);
  }

  /** The channels of the blocks on the way up. */
  List<Integer> upwards() {
    List<Integer> reversed = new ArrayList<>(channels);
    Collections.reverse(reversed);
    return reversed;
  }

  /** Padding of the convolutions that halve the resolution. */
  static int downsamplePadding(DiffusersConfig file) {
    double padding = file.number("downsample_padding", 1);
    file.require(padding == 0 || padding == 1, "downsample_padding", "0 or 1");
    return (int) padding;
  }

  /**
   * The embedding of the time.
   *
   * @param waves first of the channels
   * @param between activation between the two linear layers
   * @param after activation after the second
   * @param last activation of the sum with labels and text
   */
  static TimeConfig time(
      DiffusersConfig file,
      int waves,
      Activation between,
      @Nullable Activation after,
      @Nullable Activation last) {
    file.only("time_embedding_type", "positional");
    Integer width = file.sizeOrNull("time_embedding_dim");
    double shift = file.number("freq_shift", 0);
    int half = waves / 2;
    file.require(half > shift, "freq_shift", "< " + half + ", half of the first channels");
    return new TimeConfig(
        waves,
        file.is("flip_sin_to_cos", true),
        shift,
        width == null ? 4 * waves : width,
        between,
        after,
        last);
  }
}
