package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.PictureTask.Shown;
import dev.cascadefarm.diffusion.train.StageData.Frame;
import org.jspecify.annotations.Nullable;

/**
 * Pictures of a batch as a U-Net takes them: in [-1, 1], cut to crops at places that are drawn by
 * the number of the batch. Immutable.
 */
final class PictureTensors {
  private final Frame frame;
  private final CounterNoise places;

  PictureTensors(Frame frame, CounterNoise places) {
    this.frame = frame;
    this.places = places;
  }

  /** Of a stage, with crops drawn by its seed. */
  static PictureTensors of(StageData data) {
    return new PictureTensors(data.frame(), new CounterNoise(data.seed(), "train", "crop"));
  }

  /**
   * A batch.
   *
   * @param pictures {@code (B, 3, shown, shown)}
   * @param lowres the same by way of the small size; absent for a stage that draws
   */
  record Batch(HostTensor pictures, @Nullable HostTensor lowres) {}

  /** What a stage is shown: crops as long as the frame says so, whole pictures to be judged by. */
  Batch of(Shown shown) {
    int side = shown.judges() ? frame.side() : frame.shownSide(shown.number());
    return of(shown.batches().pictures(), shown.indices(), shown.number(), side);
  }

  /** The same examples, whole in any case. */
  HostTensor whole(Shown shown) {
    return of(shown.batches().pictures(), shown.indices(), shown.number(), frame.side()).pictures();
  }

  /**
   * Prepares a batch.
   *
   * @param number of the batch, which decides where the squares are
   * @param crop side of the squares
   */
  Batch of(CaptionedPictures source, long[] indices, long number, int crop) {
    int each = 3 * crop * crop;
    float[] pictures = new float[indices.length * each];
    float @Nullable [] lowres = frame.lowresSide() > 0 ? new float[pictures.length] : null;
    for (int i = 0; i < indices.length; i++) {
      HostTensor picture = source.picture(indices[i], frame.side());
      Square square =
          new Square(corner(number, 2 * i, crop), corner(number, 2 * i + 1, crop), crop);
      crop(picture, square, pictures, i * each);
      if (lowres != null) {
        HostTensor blurred = LowresPicture.blurred(picture, frame.lowresSide(), frame.side());
        crop(blurred, square, lowres, i * each);
      }
    }
    return new Batch(tensor(pictures, crop), lowres == null ? null : tensor(lowres, crop));
  }

  /** A part of a picture, in pixels. */
  private record Square(int left, int top, int side) {}

  private static HostTensor tensor(float[] data, int crop) {
    return HostTensor.of(data, data.length / (3 * crop * crop), 3, crop, crop);
  }

  private int corner(long number, int draw, int crop) {
    int choices = (frame.side() - crop) / frame.grid() + 1;
    return frame.grid() * (int) (places.uniform(number, draw) * choices);
  }

  private void crop(HostTensor picture, Square square, float[] to, int start) {
    int side = frame.side();
    int crop = square.side();
    for (int row = 0; row < 3 * crop; row++) {
      int from = (row / crop * side + square.top() + row % crop) * side + square.left();
      for (int x = 0; x < crop; x++) {
        to[start + row * crop + x] = 2 * picture.data()[from + x] - 1;
      }
    }
  }
}
