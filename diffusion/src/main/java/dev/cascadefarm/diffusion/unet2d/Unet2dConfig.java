package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.diffusers.Activation;
import dev.cascadefarm.diffusion.diffusers.DiffusersConfig;
import dev.cascadefarm.diffusion.diffusers.Normalization;
import dev.cascadefarm.diffusion.unet2d.BlockConfig.Resample;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Architecture of a {@link Unet2d}, resolved: every block knows its own settings.
 *
 * @param inChannels of the input, with all that comes in beside the picture
 * @param outChannels of the prediction
 * @param sampleSize height and width that it was trained on; empty if not stated
 * @param centerInputSample whether the input is stretched from 0…1 to -1…1
 * @param convInKernel width of the first convolution; odd
 * @param convOutKernel width of the last convolution; odd
 * @param outNormalization before the last convolution
 * @param outActivation before the last convolution
 * @param time how timesteps are embedded
 * @param labels how class labels are
 * @param text what is made of the tokens; absent in an unconditional network
 * @param downsamplePadding of the convolutions that halve the resolution
 * @param down blocks, the highest resolution first
 * @param middle block; absent if there is none
 * @param up blocks, the lowest resolution first
 */
public record Unet2dConfig(
    int inChannels,
    int outChannels,
    List<Integer> sampleSize,
    boolean centerInputSample,
    int convInKernel,
    int convOutKernel,
    Normalization outNormalization,
    Activation outActivation,
    TimeConfig time,
    LabelConfig labels,
    @Nullable TextConfig text,
    int downsamplePadding,
    List<BlockConfig> down,
    @Nullable BlockConfig middle,
    List<BlockConfig> up) {
  /** The class of conditional networks. */
  public static final String CONDITIONAL = "UNet2DConditionModel";

  /** The class of unconditional networks. */
  public static final String UNCONDITIONAL = "UNet2DModel";

  public Unet2dConfig {
    sampleSize = List.copyOf(sampleSize);
    down = List.copyOf(down);
    up = List.copyOf(up);
  }

  /**
   * Reads a {@code config.json} of either class.
   *
   * @param name of the file, for messages
   * @throws dev.cascadefarm.diffusion.diffusers.ConfigException naming the first key that is
   *     unknown, or whose value cannot be followed
   */
  public static Unet2dConfig parse(byte[] content, String name) {
    DiffusersConfig file = DiffusersConfig.parse(content, name);
    Unet2dConfig config =
        file.className().equals(UNCONDITIONAL)
            ? new UnconditionalConfigFile(file).config()
            : new ConditionalConfigFile(file.requireClass(CONDITIONAL)).config();
    file.finish();
    return config;
  }

  /** Whether it takes tokens. */
  public boolean conditional() {
    return text != null;
  }

  /** Width of the tokens it takes; 0 in an unconditional network. */
  public int tokenWidth() {
    return text == null ? 0 : text.width();
  }

  /** Whether it takes class labels. */
  public boolean labelled() {
    return labels.kind() != LabelConfig.Kind.NONE;
  }

  /** Whether its labels are numbers that are embedded as timesteps are. */
  boolean levelled() {
    return labels.kind() == LabelConfig.Kind.TIMESTEP;
  }

  /** Width of a label that is a vector; 0 if labels are numbers or there are none. */
  public int labelWidth() {
    return labels.vector() ? labels.size() : 0;
  }

  /**
   * What the sides of a picture must be a multiple of; 1 where the network goes by the sizes that
   * it met on the way down.
   */
  public int sideMultiple() {
    boolean doubles = up.stream().anyMatch(each -> each.resampling() == Resample.RESNET);
    long halvings = down.stream().filter(each -> each.resampling() != Resample.NONE).count();
    return doubles ? 1 << halvings : 1;
  }
}
