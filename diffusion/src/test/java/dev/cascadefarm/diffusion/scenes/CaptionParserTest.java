package dev.cascadefarm.diffusion.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
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
        .hasSize(6 * 8 * 2 * 4 * 5 * 3)
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
    assertThat(captions).hasSize(384 * 384);
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
    assertThat(CaptionGrammar.caption(scene).split(" ")).hasSize(CaptionGrammar.MAX_WORDS);
  }

  @Test
  void vocabulary_everyCaption_coversItsWords() {
    Set<String> used = new HashSet<>();
    AllScenes.singles()
        .forEach(s -> used.addAll(Arrays.asList(CaptionGrammar.caption(s).split(" "))));
    AllScenes.pairs()
        .limit(400)
        .forEach(s -> used.addAll(Arrays.asList(CaptionGrammar.caption(s).split(" "))));
    assertThat(CaptionGrammar.vocabulary())
        .isSorted()
        .doesNotHaveDuplicates()
        .containsExactlyInAnyOrderElementsOf(used);
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
    "a large red dotted circle at the left on a black background, dotted, 3",
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
