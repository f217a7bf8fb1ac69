package dev.cascadefarm.diffusion.train;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.data.EpochOrder;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.runner.PictureSampler;
import dev.cascadefarm.diffusion.runner.PictureSampler.Conditions;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.CaptionEncoder.Encoded;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Pictures of a stage in training, always of the same few captions and from the same noise, beside
 * what they should be: of the validation examples where there are any. Lives on the engine thread.
 *
 * @param data of the stage
 * @param encoder stays open
 * @param settings a value for every setting of the stage
 */
public record ProgressPictures(
    UnetConfig unet,
    DiffusionTraining training,
    StageData data,
    CaptionEncoder encoder,
    JsonNode settings) {
  private static final String STAGE = "progress";

  /**
   * An example, as the model draws it.
   *
   * @param drawn {@code (3, side, side)} in [0, 1]
   * @param truth likewise
   */
  public record Drawn(String caption, HostTensor drawn, HostTensor truth) {}

  /**
   * Draws the first few examples.
   *
   * @param weights of the stage
   * @param most how many
   */
  public List<Drawn> draw(Map<String, HostTensor> weights, int most) {
    CaptionedPictures pictures =
        Objects.requireNonNullElse(data.split().validation(), data.split().training());
    EpochOrder order = new EpochOrder(pictures.count(), data.seed());
    int count = (int) Math.min(most, pictures.count());
    long[] indices = LongStream.range(0, count).map(order::index).toArray();
    List<HostTensor> drawn;
    try (PictureSampler sampler =
        PictureSampler.load(unet, training.diffusion(), data.frame().side(), count, weights)) {
      drawn =
          sampler.draw(
              LongStream.of(indices).mapToObj(each -> conditions(pictures, each)).toList(),
              settings);
    }
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Drawn(
                    pictures.caption(indices[i]),
                    drawn.get(i),
                    pictures.picture(indices[i], data.frame().side())))
        .toList();
  }

  private Conditions conditions(CaptionedPictures pictures, long index) {
    Frame frame = data.frame();
    Encoded encoded = encoder.encode(List.of(pictures.caption(index)));
    HostTensor small =
        frame.lowresSide() == 0
            ? null
            : LowresPicture.blurred(
                pictures.picture(index, frame.side()), frame.lowresSide(), frame.lowresSide());
    return new Conditions(STAGE, index, encoded.embeds(), encoded.mask(), small);
  }
}
