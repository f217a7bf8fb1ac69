package dev.cascadefarm.diffusion.vae;

import dev.cascadefarm.diffusion.diffusers.Activation;
import dev.cascadefarm.diffusion.diffusers.DiffusersConfig;
import dev.cascadefarm.diffusion.diffusers.Normalization;
import java.util.List;

/**
 * Architecture of an {@link Autoencoder}, in the words of diffusers' {@code config.json}.
 *
 * @param inChannels of the picture that is encoded
 * @param outChannels of the picture that is decoded
 * @param latentChannels of a latent
 * @param blockOutChannels of each resolution, the picture's own first
 * @param layersPerBlock residual blocks of a resolution; the decoder has one more
 * @param normalization of every residual block and attention
 * @param activation of the residual blocks
 * @param midBlockAddAttention whether there is attention at the lowest resolution
 * @param useQuantConv whether a 1×1 convolution ends the encoder
 * @param usePostQuantConv whether a 1×1 convolution starts the decoder
 * @param scalingFactor what latents are multiplied by to have about unit variance
 * @param sampleSize height and width that it was trained on, in pixels; empty if not stated
 */
public record AutoencoderConfig(
    int inChannels,
    int outChannels,
    int latentChannels,
    List<Integer> blockOutChannels,
    int layersPerBlock,
    Normalization normalization,
    Activation activation,
    boolean midBlockAddAttention,
    boolean useQuantConv,
    boolean usePostQuantConv,
    double scalingFactor,
    List<Integer> sampleSize) {
  private static final String CLASS = "AutoencoderKL";
  private static final double EPSILON = 1e-6;

  public AutoencoderConfig {
    blockOutChannels = List.copyOf(blockOutChannels);
    sampleSize = List.copyOf(sampleSize);
  }

  /**
   * Reads a {@code config.json}.
   *
   * @param name of the file, for messages
   * @throws dev.cascadefarm.diffusion.diffusers.ConfigException naming the first key that is
   *     unknown, or whose value cannot be followed
   */
  public static AutoencoderConfig parse(byte[] content, String name) {
    DiffusersConfig file = DiffusersConfig.parse(content, name).requireClass(CLASS);
    List<Integer> channels = file.sizes("block_out_channels", List.of(64));
    requireBlocks(file, "down_block_types", "DownEncoderBlock2D", channels.size());
    requireBlocks(file, "up_block_types", "UpDecoderBlock2D", channels.size());
    AutoencoderConfig config =
        new AutoencoderConfig(
            file.size("in_channels", 3),
            file.size("out_channels", 3),
            file.size("latent_channels", 4),
            channels,
            file.layersOf(1, "layers_per_block", 1).get(0),
            new Normalization(file.size("norm_num_groups", 32), EPSILON),
            Activation.of(file, "act_fn"),
            file.is("mid_block_add_attention", true),
            file.is("use_quant_conv", true),
            file.is("use_post_quant_conv", true),
            file.positive("scaling_factor", 0.18215),
            file.heightAndWidth("sample_size"));
    int groups = config.normalization.groups();
    boolean even = channels.stream().allMatch(each -> each % groups == 0);
    file.require(even, "block_out_channels", "multiples of norm_num_groups, " + groups);
    file.onlyNull("shift_factor", "latents_mean", "latents_std");
    file.ignore("force_upcast");
    file.finish();
    return config;
  }

  private static void requireBlocks(DiffusersConfig file, String key, String type, int count) {
    List<String> types = file.texts(key, List.of(type));
    file.require(types.stream().allMatch(type::equals), key, "each " + type);
    file.require(types.size() == count, key, "as many as block_out_channels, " + count);
  }

  /** Channels of the lowest resolution. */
  int lowest() {
    return blockOutChannels.get(blockOutChannels.size() - 1);
  }

  /** Pixels of the picture per pixel of the latent, along each side. */
  public int reduction() {
    return 1 << (blockOutChannels.size() - 1);
  }
}
