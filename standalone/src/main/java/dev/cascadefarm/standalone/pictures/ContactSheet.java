package dev.cascadefarm.standalone.pictures;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Pictures of one size side by side: a title, below it a column for each label, and in each column
 * one picture below the other. Columns that do not fit beside each other go on below. Small
 * pictures are enlarged by a whole factor without smoothing, too many large ones reduced.
 */
public final class ContactSheet {
  private static final int GAP = 8;
  private static final int DOT = 2;
  private static final int MOST_LINES = 8;

  /** Of a picture, so that a label has some width. */
  private static final int LEAST_SIDE = 256;

  /** Of all pictures together; 256 of 256² are half of it. */
  private static final int MOST_PIXELS = 1 << 25;

  private static final Color EMPTY = new Color(0xe4e4e4);

  private final List<Column> columns;
  private final Layout layout;
  private final Lettering lettering;
  private final List<String> title;

  private ContactSheet(
      List<Column> columns, Layout layout, Lettering lettering, List<String> title) {
    this.columns = List.copyOf(columns);
    this.layout = layout;
    this.lettering = lettering;
    this.title = List.copyOf(title);
  }

  /**
   * A column of a sheet.
   *
   * @param pictures from the top down
   * @param failure what is said where a picture is missing
   */
  public record Column(String label, List<BufferedImage> pictures, String failure) {
    public Column {
      pictures = List.copyOf(pictures);
    }
  }

  /** Room for one picture. */
  private record Cell(int width, int height) {
    static Cell of(List<Column> columns, int rows) {
      return columns.stream()
          .flatMap(column -> column.pictures().stream())
          .findFirst()
          .map(picture -> of(picture, columns.size() * rows))
          .orElse(new Cell(LEAST_SIDE, LEAST_SIDE));
    }

    private static Cell of(BufferedImage picture, int cells) {
      int side = Math.max(picture.getWidth(), picture.getHeight());
      int zoom = (LEAST_SIDE + side - 1) / side;
      int width = picture.getWidth() * zoom;
      int height = picture.getHeight() * zoom;
      double sheets = (double) width * height * cells / MOST_PIXELS;
      int shrink = (int) Math.ceil(Math.sqrt(sheets));
      return new Cell(Math.max(1, width / shrink), Math.max(1, height / shrink));
    }
  }

  /** Where things are; a band is as many columns as there are beside each other. */
  private record Layout(int across, int rows, Cell cell, int top, int labelHeight) {
    int width() {
      return GAP + across * (cell.width() + GAP);
    }

    int bandTop(int band) {
      return top + band * (labelHeight + rows * (cell.height() + GAP));
    }

    Rectangle place(int column, int row) {
      int x = GAP + column % across * (cell.width() + GAP);
      int y = bandTop(column / across) + labelHeight + row * (cell.height() + GAP);
      return new Rectangle(x, y, cell.width(), cell.height());
    }
  }

  /**
   * A sheet.
   *
   * @param columns at least one
   * @param across most columns beside each other, at least 1
   * @param rows pictures that a whole column has, at least 1
   */
  public static ContactSheet of(String title, List<Column> columns, int across, int rows) {
    Lettering lettering = Lettering.of(DOT);
    Cell cell = Cell.of(columns, rows);
    int beside = Math.min(across, columns.size());
    List<String> lines = lettering.lines(title, beside * (cell.width() + GAP) - GAP, MOST_LINES);
    int labels =
        columns.stream().mapToInt(column -> label(lettering, column, cell).size()).max().orElse(0);
    Layout layout =
        new Layout(
            beside,
            rows,
            cell,
            2 * GAP + lettering.height(lines.size()),
            GAP + lettering.height(labels));
    return new ContactSheet(columns, layout, lettering, lines);
  }

  /** Where a picture is, in pixels. */
  public Rectangle cell(int column, int row) {
    return layout.place(column, row);
  }

  /** The sheet as a PNG file. */
  public byte[] png() throws IOException {
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(image(), "png", out);
      out.flush();
      return bytes.toByteArray();
    }
  }

  /** The sheet. */
  public BufferedImage image() {
    int width = layout.width();
    int height = layout.bandTop((columns.size() + layout.across() - 1) / layout.across());
    BufferedImage sheet = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = sheet.createGraphics();
    canvas.setColor(Color.WHITE);
    canvas.fillRect(0, 0, width, height);
    canvas.setColor(Color.BLACK);
    lettering.draw(canvas, title, GAP, GAP);
    for (int column = 0; column < columns.size(); column++) {
      draw(canvas, column);
    }
    canvas.dispose();
    return sheet;
  }

  private void draw(Graphics2D canvas, int index) {
    Column column = columns.get(index);
    Rectangle first = cell(index, 0);
    canvas.setColor(Color.BLACK);
    List<String> label = label(lettering, column, layout.cell());
    lettering.draw(canvas, label, first.x, first.y - layout.labelHeight());
    for (int row = 0; row < layout.rows(); row++) {
      Rectangle place = cell(index, row);
      if (row < column.pictures().size()) {
        BufferedImage picture = column.pictures().get(row);
        canvas.drawImage(picture, place.x, place.y, place.width, place.height, null);
      } else {
        drawFailure(canvas, place, column.failure());
      }
    }
  }

  private void drawFailure(Graphics2D canvas, Rectangle place, String failure) {
    canvas.setColor(EMPTY);
    canvas.fill(place);
    canvas.setColor(Color.BLACK);
    int most = Math.max(1, (place.height - 2 * GAP) / lettering.height(1));
    List<String> lines = lettering.lines(failure, place.width - 2 * GAP, most);
    lettering.draw(canvas, lines, place.x + GAP, place.y + GAP);
  }

  private static List<String> label(Lettering lettering, Column column, Cell cell) {
    return lettering.lines(column.label(), cell.width(), MOST_LINES);
  }
}
