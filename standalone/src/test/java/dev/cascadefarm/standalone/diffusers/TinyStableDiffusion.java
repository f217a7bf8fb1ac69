package dev.cascadefarm.standalone.diffusers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.clip.ClipTextConfig;
import dev.cascadefarm.diffusion.clip.ClipTextEncoder;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.vae.Autoencoder;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What diffusers would save of a Stable Diffusion that knows nothing: 16 pixels, 8 latents. */
public final class TinyStableDiffusion {
  /** Height and width of its pictures. */
  public static final int SIDE = 16;

  /** Where the U-Net's weights are. */
  public static final String UNET_WEIGHTS = "unet/diffusion_pytorch_model.safetensors";

  private static final int WIDTH = 12;
  private static final String START = "<|startoftext|>";
  private static final String END = "<|endoftext|>";

  private static final String INDEX =
      """
      {"_class_name": "StableDiffusionPipeline", "_diffusers_version": "0.42.1",
       "feature_extractor": [null, null], "image_encoder": [null, null],
       "requires_safety_checker": true,
       "safety_checker": ["stable_diffusion", "StableDiffusionSafetyChecker"],
       "scheduler": ["diffusers", "PNDMScheduler"],
       "text_encoder": ["transformers", "CLIPTextModel"],
       "tokenizer": ["transformers", "CLIPTokenizer"],
       "unet": ["diffusers", "UNet2DConditionModel"],
       "vae": ["diffusers", "AutoencoderKL"]}
      """;

  private static final String SCHEDULER =
      """
      {"_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "beta_end": 0.012,
       "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false,
       "num_train_timesteps": 1000, "set_alpha_to_one": false, "skip_prk_steps": true,
       "trained_betas": null}
      """;

  private static final String UNET =
      """
      {"_class_name": "UNet2DConditionModel", "block_out_channels": [8, 12],
       "down_block_types": ["CrossAttnDownBlock2D", "DownBlock2D"],
       "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D"],
       "cross_attention_dim": 12, "attention_head_dim": 2, "layers_per_block": 1,
       "norm_num_groups": 4, "sample_size": 8, "in_channels": 4, "out_channels": 4}
      """;

  private static final String VAE =
      """
      {"_class_name": "AutoencoderKL", "block_out_channels": [8, 12],
       "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
       "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"], "layers_per_block": 1,
       "norm_num_groups": 4, "latent_channels": 4, "sample_size": 16}
      """;

  private TinyStableDiffusion() {}

  /** Writes the folder. */
  public static Path folder(Path folder) throws IOException {
    text(folder, "model_index.json", INDEX);
    text(folder, "LICENSE.txt", "none");
    text(folder, "scheduler/scheduler_config.json", SCHEDULER);
    text(folder, "unet/config.json", UNET);
    Unet2dConfig unet = Unet2dConfig.parse(bytes(UNET), "unet");
    weights(folder.resolve(UNET_WEIGHTS), Initialization.random(new Unet2d(unet).graph(false), 1));
    text(folder, "vae/config.json", VAE);
    Autoencoder vae = new Autoencoder(AutoencoderConfig.parse(bytes(VAE), "vae"));
    Map<String, HostTensor> both = new HashMap<>(Initialization.random(vae.encoderGraph(), 2));
    both.putAll(Initialization.random(vae.decoderGraph(), 2));
    weights(folder.resolve("vae/diffusion_pytorch_model.safetensors"), both);
    clip(folder);
    return folder;
  }

  private static void clip(Path folder) throws IOException {
    ObjectNode vocabulary = vocabulary();
    ClipTextConfig config =
        new ClipTextConfig(
            vocabulary.size(), WIDTH, 16, 1, 2, 77, "quick_gelu", 1e-5, vocabulary.size() - 1, 0);
    ObjectNode json = WireJson.MAPPER.valueToTree(config);
    json.put("projection_dim", 512).put("model_type", "clip_text_model");
    json.putArray("architectures").add("CLIPTextModel");
    text(folder, "text_encoder/config.json", json.toString());
    Graph graph = new ClipTextEncoder(config).graph();
    weights(folder.resolve("text_encoder/model.safetensors"), Initialization.random(graph, 3));
    text(folder, "tokenizer/vocab.json", vocabulary.toString());
    text(folder, "tokenizer/merges.txt", "#version: 0.2\nr e\n");
    text(folder, "tokenizer/tokenizer_config.json", "{\"model_max_length\": 77}");
  }

  /** Letters, alone and at the end of a word. */
  static ObjectNode vocabulary() {
    ObjectNode vocabulary = WireJson.object();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      vocabulary.put(String.valueOf(letter), vocabulary.size());
      vocabulary.put(letter + "</w>", vocabulary.size());
    }
    vocabulary.put("re", vocabulary.size());
    vocabulary.put(START, vocabulary.size());
    return vocabulary.put(END, vocabulary.size());
  }

  private static void weights(Path file, Map<String, HostTensor> weights) {
    SafeTensors.write(file, weights, ElementType.F32);
  }

  /** Writes, or replaces, one of its text files. */
  public static void text(Path folder, String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
