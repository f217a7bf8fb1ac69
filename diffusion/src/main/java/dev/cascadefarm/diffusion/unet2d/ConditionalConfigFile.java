package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.Activation;
import dev.cascadefarm.diffusion.diffusers.DiffusersConfig;
import dev.cascadefarm.diffusion.diffusers.ResnetSettings;
import dev.cascadefarm.diffusion.unet2d.BlockConfig.Resample;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the {@code config.json} of a {@code UNet2DConditionModel}. */
final class ConditionalConfigFile {
  private static final List<BlockKind> DOWN =
      List.of(BlockKind.TRANSFORMER, BlockKind.TRANSFORMER, BlockKind.TRANSFORMER, BlockKind.PLAIN);
  private static final List<BlockKind> UP =
      List.of(BlockKind.PLAIN, BlockKind.TRANSFORMER, BlockKind.TRANSFORMER, BlockKind.TRANSFORMER);

  private final DiffusersConfig file;
  private final List<BlockKind> down;
  private final List<BlockKind> up;
  private final SharedKeys shared;
  private final ConditionalAttentions attentions;

  ConditionalConfigFile(DiffusersConfig file) {
    this.file = file;
    this.down = BlockKind.down(file, DOWN, BlockKind.CONDITIONAL);
    this.up = BlockKind.up(file, UP, BlockKind.CONDITIONAL);
    List<Integer> channels = file.sizes("block_out_channels", List.of(320, 640, 1280, 1280));
    this.shared = SharedKeys.read(file, channels, down);
    this.attentions = ConditionalAttentions.read(file, shared);
  }

  Unet2dConfig config() {
    file.require(up.size() == down.size(), "up_block_types", "as many as down_block_types");
    file.onlyNull(
        "num_attention_heads",
        "reverse_transformer_layers_per_block",
        "addition_time_embed_dim",
        "time_cond_proj_dim");
    file.only("dual_cross_attention", false);
    file.only("attention_type", "default");
    file.is("upcast_attention", false); // all arithmetic is in float32 anyway
    int waves = shared.channels().get(0);
    Activation after = Activation.orNull(file, "timestep_post_act");
    Activation last = Activation.orNull(file, "time_embedding_act_fn");
    TimeConfig time = SharedKeys.time(file, waves, shared.activation(), after, last);
    LabelConfig labels = labels(time);
    return new Unet2dConfig(
        file.size("in_channels", 4),
        file.size("out_channels", 4),
        file.heightAndWidth("sample_size"),
        file.is("center_input_sample", false),
        kernel("conv_in_kernel"),
        kernel("conv_out_kernel"),
        shared.normalization(),
        shared.activation(),
        time,
        labels,
        text(labels),
        SharedKeys.downsamplePadding(file),
        down(),
        middle(),
        up());
  }

  private int kernel(String key) {
    int kernel = file.size(key, 3);
    file.require(kernel % 2 == 1, key, "an odd number");
    return kernel;
  }

  // ---- conditions ---------------------------------------------------------------------------

  private LabelConfig labels(TimeConfig time) {
    String type = file.textOrNull("class_embed_type");
    Integer classes = file.sizeOrNull("num_class_embeds");
    boolean appended = file.is("class_embeddings_concat", false);
    Integer width = file.sizeOrNull("projection_class_embeddings_input_dim");
    if (type == null) {
      return classes == null
          ? LabelConfig.NONE
          : new LabelConfig(LabelConfig.Kind.CLASS, classes, Activation.SILU, appended);
    }
    return switch (type) {
      case "timestep" ->
          new LabelConfig(LabelConfig.Kind.TIMESTEP, 1, shared.activation(), appended);
      case "identity" ->
          new LabelConfig(LabelConfig.Kind.IDENTITY, time.width(), Activation.SILU, appended);
      case "projection", "simple_projection" -> {
        file.require(width != null, "projection_class_embeddings_input_dim", "a size, for " + type);
        LabelConfig.Kind kind = LabelConfig.Kind.valueOf(type.toUpperCase(Locale.ROOT));
        yield new LabelConfig(kind, width == null ? 1 : width, Activation.SILU, appended);
      }
      default ->
          throw file.fault(
              "class_embed_type", "timestep, identity, projection, simple_projection or null");
    };
  }

  private TextConfig text(LabelConfig labels) {
    String type = file.textOrNull("encoder_hid_dim_type");
    Integer encoder = file.sizeOrNull("encoder_hid_dim");
    if (type != null) {
      file.require(type.equals("text_proj"), "encoder_hid_dim_type", "text_proj or null");
      file.require(encoder != null, "encoder_hid_dim", "a size, for text_proj");
    }
    int seen = attentions.tokenWidth();
    int width = encoder == null ? seen : encoder;
    int heads = file.size("addition_embed_type_num_heads", 64);
    String addition = file.textOrNull("addition_embed_type");
    if (addition == null) {
      return new TextConfig(width, encoder == null ? 0 : seen, 0);
    }
    file.require(addition.equals("text"), "addition_embed_type", "text or null");
    file.require(
        width % heads == 0, "addition_embed_type_num_heads", "a divisor of the tokens' " + width);
    file.require(!labels.appended(), "class_embeddings_concat", "false, for text");
    return new TextConfig(width, encoder == null ? 0 : seen, heads);
  }

  // ---- blocks -------------------------------------------------------------------------------

  private List<BlockConfig> down() {
    List<Integer> layers = file.layersOf(down.size(), "layers_per_block", 2);
    List<BlockConfig> blocks = new ArrayList<>();
    for (int i = 0; i < down.size(); i++) {
      BlockKind kind = down.get(i);
      int channels = shared.channels().get(i);
      Attention attention = attentions.down(kind, i, channels);
      Resample resample = i < down.size() - 1 ? kind.resample() : Resample.NONE;
      blocks.add(new BlockConfig(channels, layers.get(i), resnet(kind), attention, resample));
    }
    return blocks;
  }

  private List<BlockConfig> up() {
    List<Integer> layers = file.layersOf(up.size(), "layers_per_block", 2);
    List<BlockConfig> blocks = new ArrayList<>();
    for (int i = 0; i < up.size(); i++) {
      BlockKind kind = up.get(i);
      int channels = shared.upwards().get(i);
      int count = layers.get(up.size() - 1 - i) + 1;
      Attention attention = attentions.up(kind, i, channels);
      Resample resample = i < up.size() - 1 ? kind.resample() : Resample.NONE;
      blocks.add(new BlockConfig(channels, count, resnet(kind), attention, resample));
    }
    return blocks;
  }

  /** Only blocks that resample by a residual block heed the last two settings. */
  private ResnetSettings resnet(BlockKind kind) {
    boolean bare = file.is("resnet_skip_time_act", false);
    double divisor = file.positive("resnet_out_scale_factor", 1);
    return kind.resample() == Resample.RESNET ? resnet(bare, divisor) : resnet(false, 1);
  }

  private ResnetSettings resnet(boolean bare, double divisor) {
    return new ResnetSettings(
        shared.normalization(), shared.activation(), shared.scaleShift(), bare, divisor);
  }

  private @Nullable BlockConfig middle() {
    String type = file.textOrNull("mid_block_type", "UNetMidBlock2DCrossAttn");
    double divisor = file.positive("mid_block_scale_factor", 1);
    if (type == null) {
      return null;
    }
    int channels = shared.lowest();
    return switch (type) {
      case "UNetMidBlock2D" ->
          new BlockConfig(channels, 0, resnet(false, divisor), null, Resample.NONE);
      case "UNetMidBlock2DCrossAttn" ->
          new BlockConfig(
              channels, 1, resnet(false, divisor), attentions.middleTransformer(), Resample.NONE);
      case "UNetMidBlock2DSimpleCrossAttn" -> {
        boolean bare = file.is("resnet_skip_time_act", false);
        Attention attention = attentions.middleAddedKeys();
        yield new BlockConfig(channels, 1, resnet(bare, divisor), attention, Resample.NONE);
      }
      default ->
          throw file.fault(
              "mid_block_type",
              "UNetMidBlock2DCrossAttn, UNetMidBlock2DSimpleCrossAttn, UNetMidBlock2D or null");
    };
  }
}
