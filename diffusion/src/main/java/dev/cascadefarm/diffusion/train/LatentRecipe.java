package dev.cascadefarm.diffusion.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.data.ScenePictures;
import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2dPredictor;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import java.nio.charset.StandardCharsets;

/**
 * How one model of a latent cascade is made from the procedural scenes: architecture, data,
 * optimizer. Architectures are in diffusers' own words.
 *
 * @param cascade name of the cascade
 * @param model its name
 * @param text name of the cascade whose text stage this one shares
 * @param network what is taught
 * @param batch samples in a batch
 * @param optimizer also says how many steps
 */
public record LatentRecipe(
    String cascade,
    String model,
    String text,
    Network network,
    int batch,
    OptimizerConfig optimizer) {
  /** Seed of data and initial weights. */
  public static final long SEED = 20_260_301;

  private static final int SIDE = 64;
  private static final double TWO_OBJECT_SHARE = 0.6;

  /** Share of the scenes, and most batches of them, that a model is judged by. */
  private static final double VALIDATION_SHARE = 0.01;

  private static final int VALIDATION_BATCHES = 8;

  /** A model that is taught. */
  public sealed interface Network {
    /**
     * Makes latents of pictures, and pictures of latents.
     *
     * @param file configuration of an {@code AutoencoderKL}; says nothing of the scaling factor,
     *     which is measured once it is taught
     * @param normality as in {@link dev.cascadefarm.diffusion.vae.AutoencoderLoss}
     */
    record Compressor(JsonNode file, double normality) implements Network {
      AutoencoderConfig config() {
        return AutoencoderConfig.parse(bytes(file), "autoencoder");
      }
    }

    /**
     * Draws latents.
     *
     * @param file configuration of a {@code UNet2DConditionModel}; says nothing of the captions'
     *     width, which is that of the text stage
     */
    record Drawer(JsonNode file) implements Network {
      /** The configuration for captions of that width. */
      public ObjectNode file(int textWidth) {
        return file.<ObjectNode>deepCopy().put("cross_attention_dim", textWidth);
      }
    }

    private static byte[] bytes(JsonNode file) {
      return file.toString().getBytes(StandardCharsets.UTF_8);
    }
  }

  /** The task of the autoencoder. */
  public AutoencoderTask task(Network.Compressor taught) {
    return new AutoencoderTask(taught.config(), data(), taught.normality());
  }

  /**
   * The task of the latents' U-Net.
   *
   * @param frozen stays open
   * @param captions width and length of the captions
   */
  public LatentTask task(Network.Drawer taught, LatentTask.Frozen frozen, Captions captions) {
    AutoencoderConfig autoencoder = frozen.pictures().config();
    Extent extent = Extent.square(autoencoder.latentChannels(), SIDE / autoencoder.reduction());
    Unet2dConfig config =
        Unet2dConfig.parse(Network.bytes(taught.file(captions.width())), "unet2d");
    Unet2dPredictor predictor = new Unet2dPredictor(new Unet2d(config), extent, captions.length());
    return new LatentTask(predictor, data(), frozen, LatentRecipes.training());
  }

  /**
   * Encoded captions.
   *
   * @param width of an embedding
   * @param length tokens of a caption
   */
  public record Captions(int width, int length) {}

  /** Whole scenes. */
  private StageData data() {
    SceneSampler sampler = new SceneSampler(SEED, Split.TRAIN, TWO_OBJECT_SHARE, Textures.BOLD);
    DataSplit scenes = DataSplit.of(new ScenePictures(sampler), VALIDATION_SHARE, SEED);
    return new StageData(scenes, new Frame(SIDE, 0, SIDE), batch, VALIDATION_BATCHES, SEED);
  }

  /** Height and width of the scenes, in pixels. */
  public static int side() {
    return SIDE;
  }
}
