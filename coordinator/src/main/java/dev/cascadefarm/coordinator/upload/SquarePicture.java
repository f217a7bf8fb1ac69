package dev.cascadefarm.coordinator.upload;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Makes any picture a square one: turned upright, cropped or letterboxed, shrunk if it is large.
 */
final class SquarePicture {
  /** Longest side that is kept, in pixels; far more than any stage takes in. */
  static final int MAX_SIDE = 1024;

  private static final int WHITE = 0xffffff;

  private SquarePicture() {}

  /**
   * Which part of a picture goes where.
   *
   * @param from in the picture
   * @param to in the square
   * @param side of the square
   */
  record Layout(Rectangle from, Rectangle to, int side) {
    static Layout of(int width, int height, Aspect aspect) {
      return switch (aspect) {
        case CENTRE_CROP -> {
          int shorter = Math.min(width, height);
          int side = Math.min(shorter, MAX_SIDE);
          yield new Layout(
              middle(width, height, shorter, shorter), new Rectangle(side, side), side);
        }
        case FIT -> {
          int longer = Math.max(width, height);
          int side = Math.min(longer, MAX_SIDE);
          int wide = scaled(width, side, longer);
          int high = scaled(height, side, longer);
          yield new Layout(new Rectangle(width, height), middle(side, side, wide, high), side);
        }
      };
    }

    private static Rectangle middle(int width, int height, int wide, int high) {
      return new Rectangle((width - wide) / 2, (height - high) / 2, wide, high);
    }

    private static int scaled(int length, int side, int longer) {
      return Math.max(1, (int) Math.round((double) length * side / longer));
    }
  }

  /** Decodes a picture and squares it. */
  static BufferedImage of(PictureFile file, Aspect aspect) {
    Layout layout = Layout.of(file.width(), file.height(), aspect);
    int[] square = draw(PictureDecoder.decode(file, layout.from()), layout);
    return image(upright(square, layout.side(), file.orientation()), layout.side());
  }

  private static int[] draw(BufferedImage part, Layout layout) {
    int side = layout.side();
    Rectangle to = layout.to();
    int[] square = new int[side * side];
    Arrays.fill(square, WHITE);
    AreaMean shrink =
        new AreaMean(
            part.getWidth(),
            part.getHeight(),
            to.width,
            to.height,
            (y, row) -> System.arraycopy(row, 0, square, (to.y + y) * side + to.x, to.width));
    PixelRows rows = new PixelRows(part);
    int[] row = new int[part.getWidth()];
    for (int y = 0; y < part.getHeight(); y++) {
      rows.row(y, row);
      shrink.add(row);
    }
    return square;
  }

  /** Turns and mirrors as EXIF says: what is stored at the source is seen at the target. */
  private static int[] upright(int[] square, int side, int orientation) {
    if (orientation == 1) {
      return square;
    }
    int last = side - 1;
    int[] seen = new int[square.length];
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        int source =
            switch (orientation) {
              case 2 -> y * side + last - x;
              case 3 -> (last - y) * side + last - x;
              case 4 -> (last - y) * side + x;
              case 5 -> x * side + y;
              case 6 -> (last - x) * side + y;
              case 7 -> (last - x) * side + last - y;
              default -> x * side + last - y;
            };
        seen[y * side + x] = square[source];
      }
    }
    return seen;
  }

  private static BufferedImage image(int[] rgb, int side) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    image.getRaster().setDataElements(0, 0, side, side, rgb);
    return image;
  }
}
