package dev.cascadefarm.standalone.diffusers;

import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.standalone.minimagen.TinyMinImagen;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** What diffusers would save of a DeepFloyd IF that knows nothing: 8 pixels, enlarged to 12. */
public final class TinyDeepFloyd {
  /** Height and width of its pictures, of both stages. */
  public static final int SMALL = 8;

  public static final int LARGE = 12;

  /** Where a U-Net's weights are. */
  public static final String UNET_WEIGHTS = "unet/diffusion_pytorch_model.safetensors";

  private static final String INDEX =
      """
      {"_class_name": "%s", "_diffusers_version": "0.42.1",
       "feature_extractor": ["transformers", "CLIPImageProcessor"],
       "requires_safety_checker": true,
       "safety_checker": ["deepfloyd_if", "IFSafetyChecker"],
       "scheduler": ["diffusers", "DDPMScheduler"],%s
       "text_encoder": ["transformers", "T5EncoderModel"],
       "tokenizer": ["transformers", "T5Tokenizer"],
       "unet": ["diffusers", "UNet2DConditionModel"],
       "watermarker": ["deepfloyd_if", "IFWatermarker"]}
      """;

  private static final String NOISING =
      "\"image_noising_scheduler\": [\"diffusers\", \"DDPMScheduler\"],";

  private static final String SCHEDULER =
      """
      {"_class_name": "DDPMScheduler", "_diffusers_version": "0.16.0.dev0",
       "beta_end": 0.02, "beta_schedule": "squaredcos_cap_v2", "beta_start": 0.0001,
       "clip_sample": true, "clip_sample_range": 1.0, "dynamic_thresholding_ratio": 0.95,
       "num_train_timesteps": 1000, "prediction_type": "epsilon", "sample_max_value": 1.5,
       "thresholding": true, "trained_betas": null, "variance_type": "learned_range"}
      """;

  private static final String UNET =
      """
      {"_class_name": "UNet2DConditionModel", "block_out_channels": [8, 16],
       "down_block_types": ["ResnetDownsampleBlock2D", "SimpleCrossAttnDownBlock2D"],
       "up_block_types": ["SimpleCrossAttnUpBlock2D", "ResnetUpsampleBlock2D"],
       "mid_block_type": "UNetMidBlock2DSimpleCrossAttn", "resnet_time_scale_shift": "scale_shift",
       "cross_attention_dim": 32, "encoder_hid_dim": 16, "encoder_hid_dim_type": "text_proj",
       "attention_head_dim": 4, "addition_embed_type": "text", "addition_embed_type_num_heads": 2,
       "cross_attention_norm": "group_norm", "class_embed_type": %s, "layers_per_block": 1,
       "act_fn": "gelu", "norm_num_groups": 4, "sample_size": %d, "in_channels": %d,
       "out_channels": 6}
      """;

  private TinyDeepFloyd() {}

  /** Writes a first stage. */
  public static Path base(Path folder) throws IOException {
    write(folder, INDEX.formatted("IFPipeline", ""), UNET.formatted("null", SMALL, 3));
    return folder;
  }

  /** Writes a second stage. */
  public static Path enlarger(Path folder) throws IOException {
    String index = INDEX.formatted("IFSuperResolutionPipeline", NOISING);
    write(folder, index, UNET.formatted("\"timestep\"", LARGE, 6));
    text(
        folder,
        "image_noising_scheduler/scheduler_config.json",
        "{\"_class_name\": \"DDPMScheduler\", \"beta_schedule\": \"linear\"}");
    return folder;
  }

  private static void write(Path folder, String index, String network) throws IOException {
    text(folder, "model_index.json", index);
    text(folder, "LICENSE.md", "none");
    text(folder, "scheduler/scheduler_config.json", SCHEDULER);
    text(folder, "unet/config.json", network);
    Unet2dConfig unet =
        Unet2dConfig.parse(network.getBytes(StandardCharsets.UTF_8), folder.toString());
    SafeTensors.write(
        folder.resolve(UNET_WEIGHTS),
        Initialization.random(new Unet2d(unet).graph(false), 1),
        ElementType.F16);
    TinyMinImagen.t5(folder.resolve("text_encoder"));
    Files.createDirectories(folder.resolve("tokenizer"));
    Files.move(
        folder.resolve("text_encoder/tokenizer.json"), folder.resolve("tokenizer/tokenizer.json"));
  }

  private static void text(Path folder, String name, String content) throws IOException {
    TinyStableDiffusion.text(folder, name, content);
  }
}
