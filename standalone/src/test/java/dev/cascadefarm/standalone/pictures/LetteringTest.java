package dev.cascadefarm.standalone.pictures;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LetteringTest {
  private final Lettering lettering = Lettering.of(1);

  @Test
  void draw_everyLetter_insideItsCellAndUnlikeAnyOther() {
    Set<Set<Integer>> shapes = new HashSet<>();
    for (char letter = ' '; letter < 0x7f; letter++) {
      Set<Integer> dots = dots(Character.toString(letter));
      assertThat(dots).allMatch(dot -> dot % 100 < 5 && dot / 100 < 9);
      assertThat(shapes.add(dots)).as("%s is like another", letter).isTrue();
    }
  }

  @Test
  void draw_capitalL_aStrokeDownAndOneAcross() {
    assertThat(dots("L"))
        .isEqualTo(new TreeSet<>(List.of(0, 100, 200, 300, 400, 500, 600, 601, 602, 603, 604)));
  }

  @Test
  void draw_lettersBeyondAscii_withoutAccentOrABox() {
    assertThat(dots(lettering.lines("é", 60, 1).get(0))).isEqualTo(dots("e"));
    assertThat(lettering.lines("赤😀é", 60, 1)).containsExactly("\u007f\u007fe");
    assertThat(dots("\u007f")).isNotEmpty();
  }

  @Test
  void lines_longText_brokenAfterSpaceOrEqualsSign() {
    assertThat(lettering.lines("a large\nred ring", 7 * Lettering.ADVANCE, 9))
        .containsExactly("a large", "red", "ring");
    assertThat(lettering.lines("base.threshold=dynamic", 16 * Lettering.ADVANCE, 4))
        .containsExactly("base.threshold=", "dynamic");
    assertThat(lettering.lines("x".repeat(12), 5 * Lettering.ADVANCE, 4))
        .containsExactly("xxxxx", "xxxxx", "xx");
  }

  @Test
  void lines_moreThanThereIsRoomFor_lastOneEndsInDots() {
    assertThat(lettering.lines("a large red ring", 7 * Lettering.ADVANCE, 2))
        .containsExactly("a large", "red ...");
    assertThat(lettering.lines("a large red", 7 * Lettering.ADVANCE, 2))
        .containsExactly("a large", "red");
    assertThat(lettering.lines(" \t ", 60, 2)).isEmpty();
  }

  private Set<Integer> dots(String text) {
    BufferedImage picture = new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = picture.createGraphics();
    canvas.setColor(Color.WHITE);
    lettering.draw(canvas, List.of(text), 0, 0);
    canvas.dispose();
    Set<Integer> dots = new TreeSet<>();
    for (int y = 0; y < 20; y++) {
      for (int x = 0; x < 20; x++) {
        if ((picture.getRGB(x, y) & 0xffffff) != 0) {
          dots.add(100 * y + x);
        }
      }
    }
    return dots;
  }
}
