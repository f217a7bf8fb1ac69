package dev.cascadefarm.diffusion.train;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.train.DiffusionTraining.Augmentation;
import dev.cascadefarm.diffusion.train.LatentRecipe.Network;
import dev.cascadefarm.diffusion.train.LatentRecipe.Network.Compressor;
import dev.cascadefarm.diffusion.train.LatentRecipe.Network.Drawer;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import java.util.List;

/**
 * The recipes of the latent cascades that are made from procedural scenes, in the order of
 * training: autoencoder, latent U-Net. Pictures of 64×64 pixels, latents of 16×16×4 numbers.
 */
public final class LatentRecipes {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SCHEDULE = "linear";
  private static final int TIMESTEPS = 1000;
  private static final double CAPTION_DROP = 0.1;
  private static final int LATENT_CHANNELS = 4;
  private static final int LATENT_SIDE = 16;
  private static final String AUTOENCODER = "autoencoder";
  private static final String LATENT = "latent";

  private LatentRecipes() {}

  /** The recipes of that cascade: {@code scenes-latent} or {@code tiny-latent}. */
  public static List<LatentRecipe> of(String cascade) {
    return switch (cascade) {
      case "scenes-latent" -> scenes();
      case "tiny-latent" -> tiny();
      default ->
          throw new IllegalArgumentException(
              "cascade: " + cascade + " (expected: scenes-latent or tiny-latent)");
    };
  }

  /** What the U-Net is taught. */
  public static DiffusionTraining training() {
    return new DiffusionTraining(
        SCHEDULE, TIMESTEPS, Objective.V, LossKind.L2, 0, CAPTION_DROP, Augmentation.SAMPLE, 0);
  }

  private static List<LatentRecipe> scenes() {
    String name = "scenes-latent";
    Network autoencoder = new Compressor(autoencoder(8, 16, 32, 64), 1e-4);
    Network unet = new Drawer(unet(4, 48, 80, 80));
    return List.of(
        new LatentRecipe(
            name, AUTOENCODER, "scenes", autoencoder, 8, OptimizerConfig.usual(1e-3, 3_000)),
        new LatentRecipe(name, LATENT, "scenes", unet, 64, OptimizerConfig.usual(1e-3, 2_500)));
  }

  /** A cascade of the same form that knows nothing: for tests of everything but the pictures. */
  private static List<LatentRecipe> tiny() {
    String name = "tiny-latent";
    Network autoencoder = new Compressor(autoencoder(4, 4, 4, 8), 1e-4);
    Network unet = new Drawer(unet(1, 8, 8, 8));
    return List.of(
        new LatentRecipe(name, AUTOENCODER, "tiny", autoencoder, 4, OptimizerConfig.usual(1e-3, 0)),
        new LatentRecipe(name, LATENT, "tiny", unet, 4, OptimizerConfig.usual(1e-3, 0)));
  }

  /** Without attention in the middle: what is far apart in a scene has nothing to do with it. */
  private static ObjectNode autoencoder(int groups, int... channels) {
    ObjectNode file =
        JSON.createObjectNode()
            .put("_class_name", "AutoencoderKL")
            .put("sample_size", LatentRecipe.side())
            .put("latent_channels", LATENT_CHANNELS)
            .put("layers_per_block", 1)
            .put("norm_num_groups", groups)
            .put("mid_block_add_attention", false);
    for (int each : channels) {
      file.withArray("block_out_channels").add(each);
      file.withArray("down_block_types").add("DownEncoderBlock2D");
      file.withArray("up_block_types").add("UpDecoderBlock2D");
    }
    return file;
  }

  /** Reads the caption at 8×8, where an object is a few numbers wide, and in the middle. */
  private static ObjectNode unet(int heads, int... channels) {
    ObjectNode file =
        JSON.createObjectNode()
            .put("_class_name", Unet2dConfig.CONDITIONAL)
            .put("sample_size", LATENT_SIDE)
            .put("in_channels", LATENT_CHANNELS)
            .put("out_channels", LATENT_CHANNELS)
            .put("layers_per_block", 1)
            .put("attention_head_dim", heads)
            .put("norm_num_groups", 8);
    ArrayNode widths = file.putArray("block_out_channels");
    for (int each : channels) {
      widths.add(each);
    }
    file.putArray("down_block_types")
        .add("DownBlock2D")
        .add("CrossAttnDownBlock2D")
        .add("DownBlock2D");
    file.putArray("up_block_types").add("UpBlock2D").add("CrossAttnUpBlock2D").add("UpBlock2D");
    return file;
  }
}
