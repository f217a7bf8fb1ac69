package dev.cascadefarm.standalone.pictures;

import java.awt.Graphics2D;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Letters of five by nine dots for ASCII, so that pictures can be labelled where no font is
 * installed, and look the same everywhere. Other letters lose their accents or become a box.
 */
final class Lettering {
  /** From one letter to the next, in dots. */
  static final int ADVANCE = 6;

  /** From one line to the next, in dots. */
  static final int LINE = 10;

  private static final String FILE = "letters.txt";
  private static final int WIDTH = 5;
  private static final int HEIGHT = 9;
  private static final int IN_A_BAND = 16;
  private static final char FIRST = ' ';
  private static final char BOX = '\u007f';
  private static final String CUT = "...";

  private final List<String> rows;
  private final int dot;

  private Lettering(List<String> rows, int dot) {
    this.rows = List.copyOf(rows);
    this.dot = dot;
  }

  /** The letters, each dot a square of {@code dot} pixels. */
  static Lettering of(int dot) {
    try (InputStream in = Lettering.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException(FILE + ": missing beside " + Lettering.class.getName());
      }
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return new Lettering(text.lines().toList(), dot);
    } catch (IOException e) {
      throw new UncheckedIOException(FILE + ": cannot be read", e);
    }
  }

  /** Height of so many lines, in pixels. */
  int height(int lines) {
    return lines * LINE * dot;
  }

  /**
   * {@code text} in lines that fit, broken after a space or an equals sign where there is one.
   *
   * @param width in pixels; at least one letter goes on a line
   * @param most lines; what is left over is cut off, and the last line says so
   */
  List<String> lines(String text, int width, int most) {
    int columns = Math.max(CUT.length(), width / (ADVANCE * dot));
    List<String> lines = new ArrayList<>();
    String rest = drawable(text);
    while (!rest.isEmpty() && lines.size() < most) {
      int end = lineEnd(rest, columns);
      boolean cut = lines.size() == most - 1 && end < rest.length();
      lines.add(cut ? rest.substring(0, columns - CUT.length()) + CUT : rest.substring(0, end));
      rest = rest.substring(end).stripLeading();
    }
    return lines;
  }

  /**
   * Draws lines one below the other in the canvas' colour; {@code x}, {@code y} is the top left.
   */
  void draw(Graphics2D canvas, List<String> lines, int x, int y) {
    for (int line = 0; line < lines.size(); line++) {
      String text = lines.get(line);
      for (int i = 0; i < text.length(); i++) {
        draw(canvas, text.charAt(i), x + i * ADVANCE * dot, y + height(line));
      }
    }
  }

  private void draw(Graphics2D canvas, char letter, int x, int y) {
    int index = letter - FIRST;
    int left = index % IN_A_BAND * ADVANCE;
    for (int row = 0; row < HEIGHT; row++) {
      String dots = rows.get(index / IN_A_BAND * HEIGHT + row);
      for (int column = 0; column < WIDTH; column++) {
        if (dots.charAt(left + column) == '#') {
          canvas.fillRect(x + column * dot, y + row * dot, dot, dot);
        }
      }
    }
  }

  private static int lineEnd(String text, int columns) {
    if (text.length() <= columns) {
      return text.length();
    }
    for (int end = columns; end > 0; end--) {
      if (text.charAt(end) == ' ' || text.charAt(end - 1) == '=') {
        return end;
      }
    }
    return columns;
  }

  private static String drawable(String text) {
    StringBuilder drawable = new StringBuilder();
    Normalizer.normalize(text, Normalizer.Form.NFKD)
        .replaceAll("\\p{M}+", "")
        .replaceAll("\\s+", " ")
        .codePoints()
        .forEach(code -> drawable.append(code < FIRST || code > BOX ? BOX : (char) code));
    return drawable.toString().strip();
  }
}
