package dev.cascadefarm.diffusion.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CaptionParserTest {
  @Test
  void parse_captionOfEverySingle_sameScene() {
    assertThat(AllScenes.singles())
        .hasSize(6 * 8 * 2 * 7 * 5 * 3)
        .allSatisfy(CaptionParserTest::assertRoundTrip);
  }

  @Test
  void parse_captionOfEveryPair_sameScene() {
    Set<String> captions = new HashSet<>();
    AllScenes.pairs()
        .forEach(
            scene -> {
              String caption = CaptionGrammar.caption(scene);
              captions.add(caption);
              if (!CaptionParser.parse(caption).equals(scene)) {
                assertRoundTrip(scene);
              }
            });
    assertThat(captions).hasSize(672 * 672);
  }

  @Test
  void caption_single_plainForm() {
    Scene scene =
        new Scene(
            Background.BLACK,
            Position.LEFT,
            List.of(SceneObject.of(Shape.CIRCLE, Colour.RED, Size.LARGE, Texture.PLAIN)));
    assertThat(CaptionGrammar.caption(scene))
        .isEqualTo("a large red circle at the left on a black background");
  }

  @Test
  void caption_texturedPair_longestForm() {
    Scene scene =
        new Scene(
            Background.GRAY,
            Relation.LEFT_OF,
            List.of(
                SceneObject.of(Shape.CIRCLE, Colour.RED, Size.LARGE, Texture.HORIZONTALLY_STRIPED),
                SceneObject.of(Shape.SQUARE, Colour.BLUE, Size.SMALL, Texture.VERTICALLY_STRIPED)));
    assertThat(CaptionGrammar.caption(scene))
        .isEqualTo(
            "a large red horizontally striped circle left of"
                + " a small blue vertically striped square on a gray background");
    assertThat(CaptionGrammar.caption(scene).split(" ")).hasSize(18);
    assertThat(CaptionGrammar.caption(scene, Phrasing.THERE_IS, Set.of()).split(" "))
        .hasSize(CaptionGrammar.MAX_WORDS);
  }

  @Test
  void parse_otherCaseAndSpacing_accepted() {
    assertThat(CaptionParser.parse("  A Large RED circle\tat the left on a black  background "))
        .isEqualTo(CaptionParser.parse("a large red circle at the left on a black background"));
  }

  @ParameterizedTest
  @CsvSource({
    "a huge red circle at the left on a black background, huge, 1",
    "a large crimson circle at the left on a black background, crimson, 2",
    "a large red speckled circle at the left on a black background, speckled, 3",
    "there are a large red circle at the left on a black background, are, 1",
    "on a black background there is a large red circle, '', 10",
    "a black background without a large red circle at the left, without, 3",
    "at the left a large red circle on a black background, a, 3",
    "a grey background with a tiny red circle at the left now, now, 11",
    "a biggish red circle over a small blue square on a black background, biggish, 1",
    "a large red circle near a small blue square on a black background, near, 4",
    "a large red circle at the left on a black background please, please, 11",
    "a large red circle at the left on a black, '', 10",
    "'', '', 0"
  })
  void parse_outsideGrammar_namesTheWord(String caption, String word, int position) {
    assertThatThrownBy(() -> CaptionParser.parse(caption))
        .hasMessageContaining("(expected: ")
        .asInstanceOf(InstanceOfAssertFactories.type(CaptionException.class))
        .returns(word, CaptionException::word)
        .returns(position, CaptionException::position);
  }

  private static void assertRoundTrip(Scene scene) {
    assertThat(CaptionParser.parse(CaptionGrammar.caption(scene))).isEqualTo(scene.nominal());
  }
}
