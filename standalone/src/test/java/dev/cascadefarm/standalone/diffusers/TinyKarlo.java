package dev.cascadefarm.standalone.diffusers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.clip.ClipTextConfig;
import dev.cascadefarm.diffusion.clip.ClipTextEncoder;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.karlo.PriorTransformer;
import dev.cascadefarm.diffusion.karlo.PriorTransformerConfig;
import dev.cascadefarm.diffusion.karlo.TextProjection;
import dev.cascadefarm.diffusion.karlo.TextProjectionConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What diffusers would save of a Karlo that knows nothing: 6 pixels, enlarged to 14. */
public final class TinyKarlo {
  /** Height and width of what the decoder draws, and of what that is enlarged to. */
  public static final int SMALL = 6;

  public static final int LARGE = 14;

  /** Where the weights of a part are that is diffusers'. */
  public static final String WEIGHTS = "diffusion_pytorch_model.safetensors";

  private static final int WIDTH = 12;
  private static final int TOKENS = 11;

  private static final String INDEX =
      """
      {"_class_name": "UnCLIPPipeline", "_diffusers_version": "0.42.1",
       "decoder": ["diffusers", "UNet2DConditionModel"],
       "decoder_scheduler": ["diffusers", "UnCLIPScheduler"],
       "prior": ["diffusers", "PriorTransformer"],
       "prior_scheduler": ["diffusers", "UnCLIPScheduler"],
       "super_res_first": ["diffusers", "UNet2DModel"],
       "super_res_last": ["diffusers", "UNet2DModel"],
       "super_res_scheduler": ["diffusers", "UnCLIPScheduler"],
       "text_encoder": ["transformers", "CLIPTextModelWithProjection"],
       "text_proj": ["unclip", "UnCLIPTextProjModel"],
       "tokenizer": ["transformers", "CLIPTokenizer"]}
      """;

  private static final String SCHEDULER =
      """
      {"_class_name": "UnCLIPScheduler", "_diffusers_version": "0.13.0.dev0",
       "beta_schedule": "squaredcos_cap_v2", "clip_sample": true, "clip_sample_range": %s,
       "num_train_timesteps": 1000, "prediction_type": "%s", "variance_type": "%s"}
      """;

  private static final String PRIOR =
      """
      {"_class_name": "PriorTransformer", "num_attention_heads": 2, "attention_head_dim": 4,
       "num_layers": 1, "embedding_dim": 12, "num_embeddings": 11, "additional_embeddings": 4,
       "dropout": 0.0}
      """;

  private static final String PROJECTION =
      """
      {"_class_name": "UnCLIPTextProjModel", "clip_extra_context_tokens": 2,
       "clip_embeddings_dim": 12, "time_embed_dim": 32, "cross_attention_dim": 10}
      """;

  private static final String DECODER =
      """
      {"_class_name": "UNet2DConditionModel", "block_out_channels": [8, 12],
       "down_block_types": ["ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"],
       "up_block_types": ["SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"],
       "mid_block_type": "UNetMidBlock2DSimpleCrossAttn", "resnet_time_scale_shift": "scale_shift",
       "cross_attention_dim": 10, "attention_head_dim": 4, "class_embed_type": "identity",
       "layers_per_block": 1, "norm_num_groups": 4, "sample_size": 6, "in_channels": 3,
       "out_channels": 6}
      """;

  private static final String ENLARGER =
      """
      {"_class_name": "UNet2DModel", "block_out_channels": [8, 12], "add_attention": false,
       "down_block_types": ["ResnetDownsampleBlock2D", "ResnetDownsampleBlock2D"],
       "up_block_types": ["ResnetUpsampleBlock2D", "ResnetUpsampleBlock2D"],
       "resnet_time_scale_shift": "scale_shift", "layers_per_block": 1, "norm_num_groups": 4,
       "sample_size": 14, "in_channels": 6, "out_channels": 3}
      """;

  private TinyKarlo() {}

  /** Writes the folder. */
  public static Path folder(Path folder) throws IOException {
    text(folder, "model_index.json", INDEX);
    text(folder, "LICENSE.md", "none");
    scheduler(folder, "prior", "5.0", "sample", "fixed_small_log");
    scheduler(folder, "decoder", "1.0", "epsilon", "learned_range");
    scheduler(folder, "super_res", "1.0", "epsilon", "fixed_small_log");
    PriorTransformerConfig prior = PriorTransformerConfig.parse(bytes(PRIOR), "prior");
    part(folder, "prior", PRIOR, new PriorTransformer(prior).graph());
    TextProjectionConfig projection = TextProjectionConfig.parse(bytes(PROJECTION), "text_proj");
    part(folder, "text_proj", PROJECTION, new TextProjection(projection).graph());
    part(folder, "decoder", DECODER, unet(DECODER));
    part(folder, "super_res_first", ENLARGER, unet(ENLARGER));
    part(folder, "super_res_last", ENLARGER, unet(ENLARGER));
    clip(folder);
    return folder;
  }

  private static void scheduler(
      Path folder, String stage, String range, String predicts, String variance)
      throws IOException {
    text(
        folder,
        stage + "_scheduler/scheduler_config.json",
        SCHEDULER.formatted(range, predicts, variance));
  }

  private static Graph unet(String config) {
    return new Unet2d(Unet2dConfig.parse(bytes(config), "unet")).graph(false);
  }

  private static void part(Path folder, String name, String config, Graph graph)
      throws IOException {
    text(folder, name + "/config.json", config);
    SafeTensors.write(
        folder.resolve(name).resolve(WEIGHTS),
        Initialization.random(graph, name.hashCode()),
        ElementType.F16);
  }

  private static void clip(Path folder) throws IOException {
    ObjectNode vocabulary = TinyStableDiffusion.vocabulary();
    int size = vocabulary.size();
    ClipTextConfig config =
        new ClipTextConfig(size, WIDTH, 16, 1, 2, TOKENS, "quick_gelu", 1e-5, size - 1, WIDTH);
    ObjectNode json = WireJson.MAPPER.valueToTree(config);
    json.put("model_type", "clip_text_model");
    json.putArray("architectures").add("CLIPTextModelWithProjection");
    text(folder, "text_encoder/config.json", json.toString());
    Graph graph = new ClipTextEncoder(config).graph();
    SafeTensors.write(
        folder.resolve("text_encoder/model.safetensors"),
        Initialization.random(graph, 3),
        ElementType.F32);
    text(folder, "tokenizer/vocab.json", vocabulary.toString());
    text(folder, "tokenizer/merges.txt", "#version: 0.2\nr e\n");
    text(folder, "tokenizer/tokenizer_config.json", "{\"model_max_length\": 11}");
  }

  private static void text(Path folder, String name, String content) throws IOException {
    TinyStableDiffusion.text(folder, name, content);
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
