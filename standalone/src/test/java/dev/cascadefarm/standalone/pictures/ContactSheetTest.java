package dev.cascadefarm.standalone.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.standalone.pictures.ContactSheet.Column;
import java.awt.Dimension;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ContactSheetTest {
  private static final int BLACK = 0xff000000;

  @ParameterizedTest
  @ValueSource(ints = {16, 64, 100, 192, 256})
  void png_grid_everyCellIsItsPictureEnlargedByAWholeFactor(int side) throws IOException {
    List<Column> columns =
        List.of(
            new Column("sr64.aug=0.1", List.of(noise(side, 1), noise(side, 2)), ""),
            new Column("sr64.aug=0.25", List.of(noise(side, 3), noise(side, 4)), ""));
    ContactSheet sheet = ContactSheet.of("a ring", columns, 9, 2);
    BufferedImage drawn = ImageIO.read(new ByteArrayInputStream(sheet.png()));
    for (int column = 0; column < 2; column++) {
      for (int row = 0; row < 2; row++) {
        BufferedImage picture = columns.get(column).pictures().get(row);
        assertEnlarged(drawn, sheet.cell(column, row), picture);
      }
    }
  }

  @Test
  void image_cells_nextToEachOtherInside() {
    ContactSheet sheet = ContactSheet.of("a ring", columns("x.a=1", "x.a=2", "x.a=3"), 9, 1);
    BufferedImage drawn = sheet.image();
    Rectangle last = sheet.cell(2, 0);
    assertThat(sheet.cell(0, 0).intersects(sheet.cell(1, 0))).isFalse();
    assertThat(sheet.cell(1, 0).x).isGreaterThan(sheet.cell(0, 0).x);
    assertThat(drawn.getWidth()).isEqualTo(last.x + last.width + 8);
    assertThat(drawn.getHeight()).isEqualTo(last.y + last.height + 8);
  }

  @Test
  void image_labels_inkAboveTheirColumnOnly() {
    ContactSheet sheet = ContactSheet.of("", columns("x.a=1", " ", "x.a=3"), 9, 1);
    BufferedImage drawn = sheet.image();
    assertThat(ink(drawn, above(sheet.cell(0, 0)))).isPositive();
    assertThat(ink(drawn, above(sheet.cell(1, 0)))).isZero();
    assertThat(ink(drawn, above(sheet.cell(2, 0)))).isPositive();
  }

  @Test
  void image_otherLabel_otherSheet() {
    assertThat(ContactSheet.of("t", columns("x.a=1"), 9, 1).image())
        .usingComparator(ContactSheetTest::compare)
        .isEqualTo(ContactSheet.of("t", columns("x.a=1"), 9, 1).image())
        .isNotEqualTo(ContactSheet.of("t", columns("x.a=2"), 9, 1).image())
        .isNotEqualTo(ContactSheet.of("T", columns("x.a=1"), 9, 1).image());
  }

  @Test
  void image_failedJob_saidInEveryCellAndTheOthersShown() {
    BufferedImage picture = noise(64, 1);
    List<Column> columns =
        List.of(
            new Column("x.a=1", List.of(), "failed: steps: 0"),
            new Column("x.a=2", List.of(picture, picture), ""));
    ContactSheet sheet = ContactSheet.of("a ring", columns, 9, 2);
    BufferedImage drawn = sheet.image();
    assertThat(ink(drawn, sheet.cell(0, 0))).isPositive().isEqualTo(ink(drawn, sheet.cell(0, 1)));
    assertEnlarged(drawn, sheet.cell(1, 1), picture);
  }

  @Test
  void image_everyJobFailed_stillASheet() {
    ContactSheet sheet =
        ContactSheet.of("a ring", List.of(new Column("x.a=1", List.of(), "cancelled")), 9, 3);
    assertThat(ink(sheet.image(), sheet.cell(0, 2))).isPositive();
  }

  @Test
  void image_captionOfAThousandWords_cutOff() {
    BufferedImage drawn =
        ContactSheet.of("word ".repeat(1_000), columns("x.a=" + "v".repeat(500)), 9, 1).image();
    assertThat(drawn.getHeight()).isLessThan(640);
  }

  @Test
  void image_moreColumnsThanAcross_goOnBelowUnderTheirOwnLabels() {
    List<Column> columns = columns("x.a=1", "x.a=2", "x.a=3");
    ContactSheet sheet = ContactSheet.of("", columns, 2, 1);
    BufferedImage drawn = sheet.image();
    Rectangle first = sheet.cell(0, 0);
    Rectangle third = sheet.cell(2, 0);
    assertThat(third.x).isEqualTo(first.x);
    assertThat(drawn.getWidth()).isEqualTo(2 * first.width + 3 * 8);
    assertEnlarged(drawn, third, columns.get(2).pictures().get(0));
    int top = first.y + first.height;
    assertThat(ink(drawn, new Rectangle(third.x, top, third.width, third.y - top))).isPositive();
    assertThat(third.y + third.height + 8).isEqualTo(drawn.getHeight());
  }

  @Test
  void image_morePixelsThanASheetTakes_reduced() {
    BufferedImage large = new BufferedImage(4096, 2048, BufferedImage.TYPE_INT_RGB);
    Column column = new Column("x.a=1", List.of(large, large), "");
    ContactSheet sheet = ContactSheet.of("a ring", List.of(column, column, column), 9, 2);
    assertThat(sheet.cell(0, 0).getSize()).isEqualTo(new Dimension(2048, 1024));
    assertThat(sheet.image().getWidth()).isEqualTo(3 * 2048 + 4 * 8);
  }

  private static List<Column> columns(String... labels) {
    return List.of(labels).stream()
        .map(label -> new Column(label, List.of(noise(64, 1)), ""))
        .toList();
  }

  private static BufferedImage noise(int side, long seed) {
    Random random = new Random(seed);
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < side; y++) {
      for (int x = 0; x < side; x++) {
        picture.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    return picture;
  }

  private static void assertEnlarged(BufferedImage sheet, Rectangle cell, BufferedImage picture) {
    int zoom = cell.width / picture.getWidth();
    assertThat(cell.getSize())
        .isEqualTo(new Dimension(picture.getWidth() * zoom, picture.getHeight() * zoom));
    for (int y = 0; y < cell.height; y++) {
      for (int x = 0; x < cell.width; x++) {
        if (sheet.getRGB(cell.x + x, cell.y + y) != picture.getRGB(x / zoom, y / zoom)) {
          throw new AssertionError("pixel " + x + "," + y + " of " + cell + " differs");
        }
      }
    }
  }

  private static Rectangle above(Rectangle cell) {
    return new Rectangle(cell.x, 0, cell.width, cell.y);
  }

  private static long ink(BufferedImage sheet, Rectangle area) {
    long black = 0;
    for (int y = area.y; y < area.y + area.height; y++) {
      for (int x = area.x; x < area.x + area.width; x++) {
        black += sheet.getRGB(x, y) == BLACK ? 1 : 0;
      }
    }
    return black;
  }

  private static int compare(BufferedImage one, BufferedImage other) {
    int[] left = one.getRGB(0, 0, one.getWidth(), one.getHeight(), null, 0, one.getWidth());
    int[] right =
        other.getRGB(0, 0, other.getWidth(), other.getHeight(), null, 0, other.getWidth());
    return Arrays.compare(left, right);
  }
}
