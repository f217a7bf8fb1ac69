package dev.cascadefarm.diffusion.vae;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.diffusers.Resampling;
import dev.cascadefarm.diffusion.diffusers.ResnetBlock;
import dev.cascadefarm.diffusion.diffusers.ResnetSettings;
import dev.cascadefarm.diffusion.diffusers.SelfAttention;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Layers;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/**
 * An autoencoder with a normal distribution in its middle. Parameters have the paths of diffusers'
 * {@code AutoencoderKL}. Immutable.
 */
public final class Autoencoder {
  /** The method that encodes: {@code x (B, C, H, W) -> moments (B, 2L, h, w)}. */
  public static final String ENCODE = "encode";

  /** The method that decodes: {@code latent (B, L, h, w) -> x (B, C, H, W)}. */
  public static final String DECODE = "decode";

  private final AutoencoderConfig config;
  private final ResnetBlock block;

  public Autoencoder(AutoencoderConfig config) {
    this.config = config;
    this.block =
        ResnetBlock.of(ResnetSettings.plain(config.normalization(), config.activation(), false));
  }

  public AutoencoderConfig config() {
    return config;
  }

  /** A model with the one method {@link #ENCODE}; H and W may differ from call to call. */
  public Graph encoderGraph() {
    return new Graph("Encoder")
        .method(
            ENCODE,
            method -> {
              Tensor x = method.input("x", ANY, config.inChannels(), ANY, ANY);
              return List.of(encode(method.root(), x));
            });
  }

  /** A model with the one method {@link #DECODE}; h and w may differ from call to call. */
  public Graph decoderGraph() {
    return new Graph("Decoder")
        .method(
            DECODE,
            method -> {
              Tensor latent = method.input("latent", ANY, config.latentChannels(), ANY, ANY);
              return List.of(decode(method.root(), latent));
            });
  }

  /**
   * The distribution of a picture's latent, before the scaling factor.
   *
   * @param x picture {@code (B, C, H, W)}, -1 to 1
   * @return mean, then logarithm of the variance, {@code (B, 2L, h, w)}
   */
  public Tensor encode(Scope scope, Tensor x) {
    Scope encoder = scope.in("encoder");
    List<Integer> channels = config.blockOutChannels();
    Tensor h = Layers.conv2d(encoder.in("conv_in"), x.channelsLast(), channels.get(0), 3);
    for (int i = 0; i < channels.size(); i++) {
      Scope down = encoder.in("down_blocks").in(i);
      h = blocks(down, h, channels.get(i), config.layersPerBlock());
      if (i < channels.size() - 1) {
        h = Resampling.down(down.in("downsamplers").in(0), h, 0);
      }
    }
    h = out(encoder, middle(encoder.in("mid_block"), h), 2 * config.latentChannels());
    return config.useQuantConv()
        ? Layers.conv2d(scope.in("quant_conv"), h, 2L * config.latentChannels(), 1)
        : h;
  }

  /**
   * The picture of a latent.
   *
   * @param latent {@code (B, L, h, w)}, divided by the scaling factor
   * @return {@code (B, C, H, W)}, about -1 to 1
   */
  public Tensor decode(Scope scope, Tensor latent) {
    Tensor z = latent.channelsLast();
    if (config.usePostQuantConv()) {
      z = Layers.conv2d(scope.in("post_quant_conv"), z, config.latentChannels(), 1);
    }
    Scope decoder = scope.in("decoder");
    Tensor h = Layers.conv2d(decoder.in("conv_in"), z, config.lowest(), 3);
    h = middle(decoder.in("mid_block"), h);
    List<Integer> channels = config.blockOutChannels();
    for (int i = 0; i < channels.size(); i++) {
      Scope up = decoder.in("up_blocks").in(i);
      h = blocks(up, h, channels.get(channels.size() - 1 - i), config.layersPerBlock() + 1);
      if (i < channels.size() - 1) {
        h = Resampling.up(up.in("upsamplers").in(0), h);
      }
    }
    return out(decoder, h, config.outChannels());
  }

  private Tensor blocks(Scope scope, Tensor x, int channels, int count) {
    Tensor h = x;
    for (int i = 0; i < count; i++) {
      h = block.apply(scope.in("resnets").in(i), h, channels);
    }
    return h;
  }

  private Tensor middle(Scope scope, Tensor x) {
    Tensor h = block.apply(scope.in("resnets").in(0), x, x.size(1));
    if (config.midBlockAddAttention()) {
      SelfAttention attention = new SelfAttention(config.normalization(), config.lowest(), 1);
      h = attention.apply(scope.in("attentions").in(0), h);
    }
    return block.apply(scope.in("resnets").in(1), h, x.size(1));
  }

  private Tensor out(Scope scope, Tensor x, int channels) {
    Tensor normed = config.normalization().apply(scope.in("conv_norm_out"), x).silu();
    return Layers.conv2d(scope.in("conv_out"), normed, channels, 3);
  }
}
