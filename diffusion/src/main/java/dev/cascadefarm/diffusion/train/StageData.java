package dev.cascadefarm.diffusion.train;

import static dev.cascadefarm.diffusion.check.Check.require;

import dev.cascadefarm.diffusion.data.CaptionedPictures;
import dev.cascadefarm.diffusion.data.DataSplit;
import dev.cascadefarm.diffusion.data.EpochOrder;
import java.util.Objects;

/**
 * What a stage is shown.
 *
 * @param split pictures to learn from and to judge by
 * @param frame sizes of its pictures
 * @param batch examples in a batch
 * @param validationBatches most batches to judge by
 * @param seed of the order and of all noise
 */
public record StageData(DataSplit split, Frame frame, int batch, int validationBatches, long seed) {
  public StageData {
    require(batch >= 1, "batch", batch, ">= 1");
    require(validationBatches >= 0, "validation batches", validationBatches, ">= 0");
  }

  /**
   * Sizes of a stage's pictures, in pixels.
   *
   * @param side of the pictures
   * @param lowresSide of the pictures it enlarges; 0 for a stage that draws
   * @param cropSide of the squares it learns from at first
   * @param cropBatches batches of such squares; whole pictures follow, whose statistics a
   *     normalization layer meets when it draws
   */
  public record Frame(int side, int lowresSide, int cropSide, long cropBatches) {
    public Frame {
      require(side >= 1, "side", side, ">= 1");
      require(lowresSide >= 0 && lowresSide <= side, "lowres_side", lowresSide, "0 to the side");
      require(cropSide >= 1 && cropSide <= side, "crop", cropSide, "1 to the side");
    }

    /** Squares of one size from beginning to end. */
    public Frame(int side, int lowresSide, int cropSide) {
      this(side, lowresSide, cropSide, Long.MAX_VALUE);
    }

    /** Side of what a batch shows. */
    int shownSide(long batch) {
      return batch < cropBatches ? cropSide : side;
    }

    /** Crops start at multiples of this, where pixels of the small picture start. */
    int grid() {
      return lowresSide > 0 && side % lowresSide == 0 ? side / lowresSide : 1;
    }
  }

  PictureBatches training() {
    return PictureBatches.shuffled(split.training(), batch, seed);
  }

  /** The examples to judge by, in one fixed order. */
  PictureBatches validation() {
    CaptionedPictures pictures = Objects.requireNonNull(split.validation(), "validation");
    return new PictureBatches(pictures, new EpochOrder(pictures.count(), seed), batch);
  }

  /** Batches to judge by; none where no examples are set aside. */
  int validationCount() {
    CaptionedPictures pictures = split.validation();
    return pictures == null
        ? 0
        : (int) Math.min(validationBatches, (pictures.count() + batch - 1) / batch);
  }
}
