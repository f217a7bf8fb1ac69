package dev.cascadefarm.diffusion.minimagen;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.minimagen.Arguments.Range;
import dev.cascadefarm.diffusion.t5.T5Name;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Arguments of MinImagen's {@code Imagen}, by its names.
 *
 * @param imageSizes side of each U-Net's pictures, in pixels
 * @param textEmbedDim absent for the encoder's own
 * @param timesteps T, one for all U-Nets or one for each; at least 21, because with 20 ᾱ_T is 0
 * @param lossType l1, l2 or huber
 * @param onlyTrainUnetNumber 1 for the first U-Net; absent for all
 */
public record ImagenArguments(
    String textEncoderName,
    List<Integer> imageSizes,
    @Nullable Integer textEmbedDim,
    int channels,
    List<Integer> timesteps,
    double condDropProb,
    String lossType,
    double lowresSampleNoiseLevel,
    boolean autoNormalizeImg,
    double dynamicThresholdingPercentile,
    @Nullable Integer onlyTrainUnetNumber) {
  private static final Range SIDE = new Range(1, 1 << 14);
  private static final Range TIMESTEPS = new Range(21, 1 << 16);
  private static final Set<String> LOSSES = Set.of("l1", "l2", "huber");

  public ImagenArguments {
    imageSizes = List.copyOf(imageSizes);
    timesteps = List.copyOf(timesteps);
  }

  /** Takes the arguments, with MinImagen's defaults for those not given. */
  static ImagenArguments read(Arguments from) {
    ImagenArguments arguments =
        new ImagenArguments(
            from.text("text_encoder_name", null, name -> !name.isBlank(), "a T5 encoder's name"),
            from.integers("image_sizes", null, SIDE),
            from.optionalInteger("text_embed_dim", SIDE),
            from.integer("channels", 3, new Range(1, 1 << 8)),
            from.integers("timesteps", List.of(1000), TIMESTEPS),
            from.number("cond_drop_prob", 0.1, 0, 1),
            from.text("loss_type", "l2", LOSSES::contains, "l1, l2 or huber"),
            from.number("lowres_sample_noise_level", 0.2, 0, 1),
            from.flag("auto_normalize_img", true),
            from.number("dynamic_thresholding_percentile", 0.9, 0, 1),
            from.optionalInteger("only_train_unet_number", new Range(1, 1 << 8)));
    from.requireNoOthers("Imagen");
    return arguments;
  }

  /** T of a U-Net, counted from 0. */
  public int timesteps(int unet) {
    return timesteps.get(timesteps.size() == 1 ? 0 : unet);
  }

  /**
   * Width of the caption's embeddings.
   *
   * @throws TrainingDirectoryException if it is not given and the encoder is not known
   */
  public int textWidth() {
    return textEmbedDim == null ? encoder().width() : textEmbedDim;
  }

  /**
   * The encoder of that name.
   *
   * @throws TrainingDirectoryException if it is not known
   */
  public T5Name encoder() {
    try {
      return T5Name.of(textEncoderName);
    } catch (IllegalArgumentException e) {
      throw new TrainingDirectoryException("text_encoder_name: " + e.getMessage(), e);
    }
  }

  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("text_encoder_name", textEncoderName);
    imageSizes.forEach(json.putArray("image_sizes")::add);
    json.put("text_embed_dim", textEmbedDim).put("channels", channels);
    // MinImagen fails on a list here, so that one value must stay one value
    if (timesteps.stream().distinct().count() == 1) {
      json.put("timesteps", timesteps.get(0));
    } else {
      timesteps.forEach(json.putArray("timesteps")::add);
    }
    json.put("cond_drop_prob", condDropProb).put("loss_type", lossType);
    json.put("lowres_sample_noise_level", lowresSampleNoiseLevel);
    json.put("auto_normalize_img", autoNormalizeImg);
    json.put("dynamic_thresholding_percentile", dynamicThresholdingPercentile);
    return json.put("only_train_unet_number", onlyTrainUnetNumber);
  }
}
