package dev.cascadefarm.diffusion.python;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A U-Net drawn at random, with weights and inputs.
 *
 * @param config in the words of our configuration
 * @param doctored the path of a weight whose loss must be noticed
 */
record DrawnUnet(
    ObjectNode config,
    Graph graph,
    Map<String, HostTensor> weights,
    Map<String, HostTensor> inputs,
    String doctored) {
  private static final int STEPS = 1000;
  private static final int MIN_IMAGEN_LENGTH = 256;
  private static final int MIN_IMAGEN_HEAD = 64;
  private static final List<String> DOCTORED =
      List.of(
          "downs.0.1.block1.project.weight",
          "to_time_hiddens.1.weight",
          "text_to_cond.weight",
          "mid_block1.block1.project.weight",
          "mid_block1.cross_attn.fn.to_out.0.weight",
          "mid_block2.time_mlp.1.weight",
          "final_conv.weight");

  /** Number {@code index} of this run; number 0 leaves MinImagen's constants alone. */
  static DrawnUnet draw(int index) throws IOException {
    Draws draws = new Draws("unet " + index);
    ObjectNode json = config(draws, index == 0);
    UnetConfig config = UnetProgram.config(json);
    Graph graph = UnetProgram.graph(config);
    return new DrawnUnet(
        json, graph, draws.weights(graph), inputs(draws, config), draws.oneOf(DOCTORED));
  }

  /**
   * MinImagen's last block expects {@code dim} channels, and its last resolution gives as many only
   * if it starts by downsampling or its multiple is 1; ours runs either way.
   */
  private static ObjectNode config(Draws draws, boolean constants) {
    int layers = draws.between(1, 3);
    ObjectNode config = new JsonMapper().createObjectNode();
    config.put("dim", 8 * draws.between(1, 4));
    config.put("channels", draws.between(1, 4));
    config.put("cond_dim", draws.between(4, 24));
    config.put("text_embed_dim", draws.between(4, 24));
    config.put("attn_heads", draws.between(1, 4));
    config.put("lowres_cond", draws.coin());
    boolean efficient = draws.coin();
    config.put("memory_efficient", efficient);
    config.put("attend_at_middle", draws.coin());
    config.put("max_text_len", constants ? MIN_IMAGEN_LENGTH : draws.between(2, 20));
    config.put("attn_dim_head", constants ? MIN_IMAGEN_HEAD : draws.between(4, 16));
    config.put("patch_size", constants ? 1 : draws.between(1, 3));
    ArrayNode mults = config.putArray("dim_mults");
    ArrayNode blocks = config.putArray("num_resnet_blocks");
    ArrayNode self = config.putArray("layer_attns");
    ArrayNode cross = config.putArray("layer_cross_attns");
    for (int layer = 0; layer < layers; layer++) {
      mults.add(layer == 0 && !efficient ? 1 : draws.between(1, 3));
      blocks.add(draws.between(0, 2));
      self.add(draws.coin());
      cross.add(draws.coin());
    }
    return config;
  }

  /** The first sample has a caption of a word or more, so that every weight has a say. */
  private static Map<String, HostTensor> inputs(Draws draws, UnetConfig config) {
    int batch = draws.between(1, 4);
    int length = config.maxTextLen();
    long[] picture = {
      batch,
      config.channels(),
      (long) config.sideMultiple() * draws.between(2, 4),
      (long) config.sideMultiple() * draws.between(2, 4)
    };
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    inputs.put("x", draws.normals(picture));
    inputs.put("time", draws.whole(0, STEPS - 1, batch));
    inputs.put("embeds", draws.normals(batch, length, config.textEmbedDim()));
    HostTensor mask = draws.mask(0, batch, length);
    mask.data()[0] = 1;
    inputs.put("mask", mask);
    HostTensor keep = draws.whole(0, 1, batch);
    keep.data()[0] = 1;
    inputs.put("keep", keep);
    if (config.lowresCond()) {
      inputs.put("lowres", draws.normals(picture));
      inputs.put("lowres_time", draws.whole(0, STEPS - 1, batch));
    }
    return inputs;
  }
}
