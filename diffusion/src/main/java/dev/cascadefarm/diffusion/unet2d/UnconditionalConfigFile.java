package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.Activation;
import dev.cascadefarm.diffusion.diffusers.DiffusersConfig;
import dev.cascadefarm.diffusion.diffusers.Normalization;
import dev.cascadefarm.diffusion.diffusers.ResnetSettings;
import dev.cascadefarm.diffusion.diffusers.SelfAttention;
import dev.cascadefarm.diffusion.unet2d.BlockConfig.Resample;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the {@code config.json} of a {@code UNet2DModel}. */
final class UnconditionalConfigFile {
  private static final List<BlockKind> DOWN =
      List.of(BlockKind.PLAIN, BlockKind.PIXELS, BlockKind.PIXELS, BlockKind.PIXELS);
  private static final List<BlockKind> UP =
      List.of(BlockKind.PIXELS, BlockKind.PIXELS, BlockKind.PIXELS, BlockKind.PLAIN);
  private static final int KERNEL = 3;

  private final DiffusersConfig file;
  private final List<BlockKind> down;
  private final List<BlockKind> up;
  private final SharedKeys shared;
  private final @Nullable Integer headWidth;

  UnconditionalConfigFile(DiffusersConfig file) {
    this.file = file;
    this.down = BlockKind.down(file, DOWN, BlockKind.UNCONDITIONAL);
    this.up = BlockKind.up(file, UP, BlockKind.UNCONDITIONAL);
    List<Integer> channels = file.sizes("block_out_channels", List.of(224, 448, 672, 896));
    this.shared = SharedKeys.read(file, channels, down);
    this.headWidth = file.sizeOrNull("attention_head_dim", 8);
  }

  Unet2dConfig config() {
    file.require(up.size() == down.size(), "up_block_types", "as many as down_block_types");
    file.ignore("num_train_timesteps");
    int waves = shared.channels().get(0);
    TimeConfig time = SharedKeys.time(file, waves, Activation.SILU, null, null);
    int layers = file.layersOf(1, "layers_per_block", 2).get(0);
    return new Unet2dConfig(
        file.size("in_channels", 3),
        file.size("out_channels", 3),
        file.heightAndWidth("sample_size"),
        file.is("center_input_sample", false),
        KERNEL,
        KERNEL,
        shared.normalization(),
        Activation.SILU,
        time,
        labels(time),
        null,
        SharedKeys.downsamplePadding(file),
        blocks(down, layers, shared.channels(), "downsample_type"),
        middle(),
        blocks(up, layers + 1, shared.upwards(), "upsample_type"));
  }

  private LabelConfig labels(TimeConfig time) {
    String type = file.textOrNull("class_embed_type");
    Integer classes = file.sizeOrNull("num_class_embeds");
    if (type == null) {
      return classes == null
          ? LabelConfig.NONE
          : new LabelConfig(LabelConfig.Kind.CLASS, classes, Activation.SILU, false);
    }
    boolean numbers = type.equals("timestep");
    file.require(numbers || type.equals("identity"), "class_embed_type", "timestep or identity");
    LabelConfig.Kind kind = numbers ? LabelConfig.Kind.TIMESTEP : LabelConfig.Kind.IDENTITY;
    return new LabelConfig(kind, time.width(), Activation.SILU, false);
  }

  private List<BlockConfig> blocks(
      List<BlockKind> kinds, int layers, List<Integer> channels, String key) {
    Resample attending = resampling(key);
    List<BlockConfig> blocks = new ArrayList<>();
    for (int i = 0; i < kinds.size(); i++) {
      boolean attends = kinds.get(i) == BlockKind.PIXELS;
      Resample resample = attends ? attending : kinds.get(i).resample();
      int width = channels.get(i);
      blocks.add(
          new BlockConfig(
              width,
              layers,
              ResnetSettings.plain(
                  shared.normalization(), shared.activation(), shared.scaleShift()),
              attends ? attention(width, shared.normalization(), 1) : null,
              i < kinds.size() - 1 ? resample : Resample.NONE));
    }
    return blocks;
  }

  /** How the blocks with attention change the resolution. */
  private Resample resampling(String key) {
    String type = file.text(key, "conv");
    boolean convolution = type.equals("conv");
    file.require(convolution || type.equals("resnet"), key, "conv or resnet");
    return convolution ? Resample.CONVOLUTION : Resample.RESNET;
  }

  private @Nullable BlockConfig middle() {
    String type = file.textOrNull("mid_block_type", "UNetMidBlock2D");
    boolean attends = file.is("add_attention", true);
    double divisor = file.positive("mid_block_scale_factor", 1);
    Integer groups = file.sizeOrNull("attn_norm_num_groups");
    if (type == null) {
      return null;
    }
    file.require(type.equals("UNetMidBlock2D"), "mid_block_type", "UNetMidBlock2D or null");
    Normalization normalization = shared.normalization();
    // diffusers leaves the normalisation out here if the embedding scales and shifts
    boolean bare = groups == null && shared.scaleShift();
    Normalization own =
        groups == null ? normalization : new Normalization(groups, normalization.epsilon());
    return new BlockConfig(
        shared.lowest(),
        1,
        new ResnetSettings(normalization, shared.activation(), shared.scaleShift(), false, divisor),
        attends ? attention(shared.lowest(), bare ? null : own, divisor) : null,
        Resample.NONE);
  }

  private Attention attention(int channels, @Nullable Normalization norm, double divisor) {
    int width = headWidth == null ? channels : headWidth;
    file.require(
        channels % width == 0, "attention_head_dim", "a divisor of " + channels + " channels");
    return new PixelAttention(new SelfAttention(norm, width, divisor));
  }
}
