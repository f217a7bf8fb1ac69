package dev.cascadefarm.diffusion.python;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.clip.ClipTextConfig;
import dev.cascadefarm.diffusion.clip.ClipTextEncoder;
import dev.cascadefarm.diffusion.clip.ClipTextFolder;
import dev.cascadefarm.diffusion.clip.ClipVisionConfig;
import dev.cascadefarm.diffusion.clip.ClipVisionEncoder;
import dev.cascadefarm.diffusion.clip.ClipVisionFolder;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A CLIP's text or vision model drawn at random, with weights and inputs.
 *
 * @param config as transformers writes it
 * @param doctored the path of a weight whose loss must be noticed
 */
record DrawnClip(
    ObjectNode config, Graph graph, Map<String, HostTensor> weights, Call call, String doctored) {
  private static final int LEGACY_END = 2;
  private static final List<String> DOCTORED =
      List.of(
          "embeddings.position_embedding.weight",
          "encoder.layers.0.layer_norm1.weight",
          "encoder.layers.0.self_attn.v_proj.weight",
          "encoder.layers.0.self_attn.out_proj.weight",
          "encoder.layers.0.layer_norm2.bias",
          "encoder.layers.0.mlp.fc1.weight",
          "encoder.layers.0.mlp.fc2.bias");

  /** Text model number {@code index} of this run; its configuration is read from the folder. */
  static DrawnClip text(int index, Path folder) throws IOException {
    Draws draws = new Draws("clip text " + index);
    boolean projected = draws.coin();
    ObjectNode json = config(draws, "CLIPTextModel" + (projected ? "WithProjection" : ""));
    json.put("vocab_size", draws.between(10, 60));
    json.put("max_position_embeddings", draws.between(4, 40));
    boolean legacy = draws.coin();
    json.put("eos_token_id", legacy ? LEGACY_END : draws.between(3, 9));
    write(json, folder);
    ClipTextConfig config = new ClipTextFolder(folder, folder).config();
    Graph graph = new ClipTextEncoder(config).graph();
    int batch = draws.between(1, 4);
    int length = draws.between(2, config.maxPositionEmbeddings());
    long[] ids = new long[batch * length];
    Arrays.setAll(ids, i -> draws.between(0, config.vocabSize() - 1));
    Input input = new Input.Longs(new long[] {batch, length}, ids);
    return new DrawnClip(
        json,
        graph,
        draws.weights(graph),
        new Call(ClipTextEncoder.ENCODE, Map.of("input_ids", input)),
        "text_model." + draws.oneOf(DOCTORED));
  }

  /** Vision model number {@code index} of this run; its configuration is read from the folder. */
  static DrawnClip vision(int index, Path folder) throws IOException {
    Draws draws = new Draws("clip vision " + index);
    ObjectNode json = config(draws, "CLIPVisionModelWithProjection");
    int patch = draws.between(2, 9);
    json.put("patch_size", patch).put("image_size", draws.between(2 * patch, 40));
    json.put("num_channels", draws.between(1, 4));
    write(json, folder);
    ClipVisionConfig config = new ClipVisionFolder(folder, folder).config();
    Graph graph = new ClipVisionEncoder(config).graph();
    int side = config.imageSize();
    HostTensor pixels = draws.normals(draws.between(1, 4), config.numChannels(), side, side);
    return new DrawnClip(
        json,
        graph,
        draws.weights(graph),
        Call.floats(ClipVisionEncoder.ENCODE, Map.of("pixel_values", pixels)),
        "vision_model." + draws.oneOf(DOCTORED));
  }

  private static ObjectNode config(Draws draws, String architecture) {
    ObjectNode config = new JsonMapper().createObjectNode();
    config.putArray("architectures").add(architecture);
    int heads = draws.between(1, 4);
    config.put("num_attention_heads", heads);
    config.put("hidden_size", heads * draws.between(3, 10));
    config.put("intermediate_size", draws.between(5, 60));
    config.put("num_hidden_layers", draws.between(1, 3));
    config.put("projection_dim", draws.between(3, 40));
    config.put("hidden_act", draws.oneOf(List.of("quick_gelu", "gelu")));
    return config.put("layer_norm_eps", draws.oneOf(List.of(1e-5, 1e-6, 1e-3)));
  }

  private static void write(ObjectNode config, Path folder) throws IOException {
    Files.writeString(folder.resolve("config.json"), config.toString());
  }
}
