package dev.cascadefarm.diffusion.python;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Configurations of diffusers' networks, drawn at random from those that diffusers can run. */
final class DrawnConfig {
  /** Classes of networks that have a table of them. */
  static final int CLASSES = 6;

  private static final int GROUP_NORM_MULTIPLE = 32;
  private static final List<String> ACTIVATIONS = List.of("silu", "gelu", "relu", "swish");
  private static final List<String> SHIFTS = List.of("default", "scale_shift");
  private static final List<String> CONDITIONAL =
      List.of("", "Resnet", "CrossAttn", "SimpleCrossAttn");
  private static final List<String> UNCONDITIONAL = List.of("", "Resnet", "Attn");

  private final Draws draws;
  private final ObjectNode config = new JsonMapper().createObjectNode();
  private final int groups;
  private final int blocks;

  private DrawnConfig(Draws draws, String className) {
    this.draws = draws;
    this.groups = draws.between(1, 3);
    this.blocks = draws.between(1, 3);
    config.put("_class_name", className);
    config.put("norm_num_groups", groups);
    config.put("act_fn", draws.oneOf(ACTIVATIONS));
    config.put("in_channels", draws.between(1, 5));
    config.put("out_channels", draws.between(1, 5));
    ArrayNode channels = config.putArray("block_out_channels");
    for (int i = 0; i < blocks; i++) {
      channels.add(groups * draws.between(4, 6));
    }
  }

  static ObjectNode autoencoder(Draws draws) {
    DrawnConfig drawn = new DrawnConfig(draws, "AutoencoderKL");
    ArrayNode down = drawn.config.putArray("down_block_types");
    ArrayNode up = drawn.config.putArray("up_block_types");
    for (int i = 0; i < drawn.blocks; i++) {
      down.add("DownEncoderBlock2D");
      up.add("UpDecoderBlock2D");
    }
    for (String key : List.of("use_quant_conv", "use_post_quant_conv", "mid_block_add_attention")) {
      drawn.config.put(key, draws.coin());
    }
    return drawn
        .config
        .put("layers_per_block", draws.between(1, 2))
        .put("latent_channels", draws.between(1, 5));
  }

  static ObjectNode unconditional(Draws draws) {
    DrawnConfig drawn = new DrawnConfig(draws, "UNet2DModel");
    drawn.unet(UNCONDITIONAL);
    ObjectNode config = drawn.config;
    config.put("layers_per_block", draws.between(1, 2));
    config.put("add_attention", draws.coin());
    config.put("attention_head_dim", draws.coin() ? null : Integer.valueOf(drawn.groups));
    config.put("downsample_type", draws.coin() ? "conv" : "resnet");
    config.put("upsample_type", draws.coin() ? "conv" : "resnet");
    if (draws.coin()) {
      config.put("class_embed_type", "timestep");
    } else if (draws.coin()) {
      config.put("num_class_embeds", CLASSES);
    }
    return config;
  }

  static ObjectNode conditional(Draws draws) {
    DrawnConfig drawn = new DrawnConfig(draws, "UNet2DConditionModel");
    drawn.unet(CONDITIONAL);
    drawn.attentions();
    drawn.embeddings();
    return drawn.text();
  }

  /** What both kinds of U-Nets have; {@code types} name their blocks. */
  private void unet(List<String> types) {
    ArrayNode down = config.putArray("down_block_types");
    ArrayNode up = config.putArray("up_block_types");
    for (int i = 0; i < blocks; i++) {
      String type = draws.oneOf(types);
      down.add(type.equals("Resnet") ? "ResnetDownsampleBlock2D" : type + "DownBlock2D");
      type = draws.oneOf(types);
      up.add(type.equals("Resnet") ? "ResnetUpsampleBlock2D" : type + "UpBlock2D");
    }
    config.put("center_input_sample", draws.coin());
    config.put("flip_sin_to_cos", draws.coin());
    config.put("freq_shift", draws.between(0, 1));
    config.put("downsample_padding", draws.between(0, 1));
    config.put("mid_block_scale_factor", draws.oneOf(List.of(1.0, 1.25, 0.8)));
    config.put("norm_eps", draws.oneOf(List.of(1e-5, 1e-3)));
    config.put("resnet_time_scale_shift", draws.oneOf(SHIFTS));
    if (draws.coin()) {
      config.put("time_embedding_dim", draws.between(3, 20));
    }
  }

  private void attentions() {
    boolean widths = config.toString().contains("SimpleCrossAttn");
    String middle = draws.oneOf(List.of("", "CrossAttn", "SimpleCrossAttn", "none"));
    if (middle.equals("none")) {
      config.putNull("mid_block_type");
    } else {
      config.put("mid_block_type", "UNetMidBlock2D" + middle);
    }
    if (widths || middle.equals("SimpleCrossAttn")) {
      config.put("attention_head_dim", groups);
    } else {
      ArrayNode heads = config.putArray("attention_head_dim");
      for (int i = 0; i < blocks; i++) {
        heads.add(draws.between(1, 4));
      }
    }
    config.put("use_linear_projection", draws.coin());
    config.put("only_cross_attention", draws.coin());
    ArrayNode layers = config.putArray("layers_per_block");
    ArrayNode transformers = config.putArray("transformer_layers_per_block");
    for (int i = 0; i < blocks; i++) {
      layers.add(draws.between(1, 2));
      transformers.add(draws.between(1, 2));
    }
    config.put("resnet_skip_time_act", draws.coin());
    config.put("resnet_out_scale_factor", draws.oneOf(List.of(1.0, 1.414)));
    config.put("conv_in_kernel", draws.coin() ? 3 : 5);
    config.put("conv_out_kernel", draws.coin() ? 3 : 1);
  }

  private void embeddings() {
    config.put("time_embedding_act_fn", draws.coin() ? null : draws.oneOf(ACTIVATIONS));
    config.put("timestep_post_act", draws.coin() ? null : draws.oneOf(ACTIVATIONS));
    String type =
        draws.oneOf(
            List.of("none", "classes", "timestep", "identity", "projection", "simple_projection"));
    if (type.equals("classes")) {
      config.put("num_class_embeds", CLASSES);
    } else if (!type.equals("none")) {
      config.put("class_embed_type", type);
    }
    if (type.endsWith("projection")) {
      config.put("projection_class_embeddings_input_dim", draws.between(1, 8));
    }
  }

  private ObjectNode text() {
    int heads = draws.between(1, 3);
    int width = heads * draws.between(2, 5);
    boolean projected = draws.coin();
    boolean normed = draws.coin();
    if (projected || normed) {
      config.put("encoder_hid_dim", width);
    }
    config.put("cross_attention_dim", normed ? GROUP_NORM_MULTIPLE : width);
    config.put("cross_attention_norm", normed ? "group_norm" : null);
    if (draws.coin()) {
      config.put("addition_embed_type", "text");
      config.put("addition_embed_type_num_heads", heads);
    } else if (config.has("class_embed_type")) {
      config.put("class_embeddings_concat", draws.coin());
    }
    return config;
  }
}
