package dev.cascadefarm.diffusion.data;

import static dev.cascadefarm.diffusion.data.DataException.require;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.nio.file.Path;

/**
 * Gray pictures and labels of the MNIST family in two IDX files, gzipped or not, with captions made
 * of the labels' names. Pictures become RGB; a border may be put around them.
 */
public final class IdxPictures implements CaptionedPictures {
  private final IdxFile pictures;
  private final IdxFile labels;
  private final LabelCaptions captions;
  private final int border;
  private final SquarePicture square = new SquarePicture();

  private IdxPictures(IdxFile pictures, IdxFile labels, LabelCaptions captions, int border) {
    this.pictures = pictures;
    this.labels = labels;
    this.captions = captions;
    this.border = border;
  }

  /**
   * Two files that belong together.
   *
   * @param pictures for example {@code train-images-idx3-ubyte.gz}
   * @param labels for example {@code train-labels-idx1-ubyte.gz}
   * @param border black pixels on every side: 2 make 32×32 of 28×28
   */
  public record Files(Path pictures, Path labels, int border) {
    public Files {
      if (border < 0 || border > 1024) {
        throw new IllegalArgumentException("border: " + border + " (expected: 0 to 1024)");
      }
    }
  }

  /**
   * Reads and checks the files.
   *
   * @param leastSide of the pictures with their border, in pixels
   * @throws DataException naming the file and what is wrong with it
   */
  public static IdxPictures open(Files files, LabelCaptions captions, int leastSide) {
    IdxFile pictures = IdxFile.read(files.pictures(), 3);
    IdxFile labels = IdxFile.read(files.labels(), 1);
    require(pictures.size(0) >= 1, files.pictures(), "0 pictures", "at least one");
    require(
        pictures.size(0) == labels.size(0),
        files.labels(),
        labels.size(0) + " labels",
        pictures.size(0) + ", one for each picture");
    int side = Math.min(pictures.size(1), pictures.size(2)) + 2 * files.border();
    require(
        side >= leastSide,
        files.pictures(),
        side + " pixels with the border",
        "at least " + leastSide);
    for (int i = 0; i < labels.size(0); i++) {
      require(
          labels.at(i) < captions.names().size(),
          files.labels(),
          "label " + labels.at(i) + " of picture " + i,
          "below " + captions.names().size() + ", the number of names");
    }
    return new IdxPictures(pictures, labels, captions, files.border());
  }

  @Override
  public long count() {
    return pictures.size(0);
  }

  @Override
  public String caption(long index) {
    return captions.caption(labels.at((int) index), index);
  }

  @Override
  public HostTensor picture(long index, int side) {
    int rows = pictures.size(1);
    int columns = pictures.size(2);
    int height = rows + 2 * border;
    int width = columns + 2 * border;
    float[] pixels = new float[3 * height * width];
    for (int p = 0; p < rows * columns; p++) {
      float value = pictures.at((int) index * rows * columns + p) / 255f;
      int at = (border + p / columns) * width + border + p % columns;
      for (int channel = 0; channel < 3; channel++) {
        pixels[channel * height * width + at] = value;
      }
    }
    return square.fit(HostTensor.of(pixels, 3, height, width), side);
  }
}
