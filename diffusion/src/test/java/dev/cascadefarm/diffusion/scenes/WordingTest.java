package dev.cascadefarm.diffusion.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WordingTest {
  private static final int DRAWS = 20_000;
  private static final SceneSampler SAMPLER = new SceneSampler(9, Split.TRAIN, 0.5, Textures.ALL);

  @ParameterizedTest
  @EnumSource
  void caption_anyWording_parsesBack(Wording wording) {
    for (int i = 0; i < DRAWS; i++) {
      Scene scene = SAMPLER.scene(i);
      String caption = wording.caption(scene, 3, i);
      assertThat(CaptionParser.parse(caption)).as(caption).isEqualTo(scene.nominal());
      assertThat(caption.split(" ").length).isLessThanOrEqualTo(CaptionGrammar.MAX_WORDS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void caption_everyPhrasingOfEverySingle_parsesBack(Phrasing phrasing) {
    Set<Synonym> all = EnumSet.allOf(Synonym.class);
    AllScenes.singles()
        .forEach(
            scene ->
                Stream.of(Set.<Synonym>of(), all)
                    .map(synonyms -> CaptionGrammar.caption(scene, phrasing, synonyms))
                    .forEach(text -> assertThat(CaptionParser.parse(text)).isEqualTo(scene)));
  }

  @ParameterizedTest
  @CsvSource({
    "PLAIN, a tiny red ring over a big pink dotted cross on a grey background",
    "THERE_IS, there is a tiny red ring over a big pink dotted cross on a grey background",
    "BACKGROUND_FIRST, on a grey background a tiny red ring over a big pink dotted cross",
    "PLACE_FIRST, over a big pink dotted cross is a tiny red ring on a grey background",
    "WITH, a grey background with a tiny red ring over a big pink dotted cross",
    "HELD_OUT, on a grey background there is a tiny red ring over a big pink dotted cross"
  })
  void caption_pairInEachPhrasing_knownWords(Phrasing phrasing, String expected) {
    Scene scene =
        CaptionParser.parse(
            "a small red ring above a large pink dotted cross on a gray background");
    assertThat(CaptionGrammar.caption(scene, phrasing, EnumSet.allOf(Synonym.class)))
        .isEqualTo(expected);
    assertThat(CaptionParser.parse(expected)).isEqualTo(scene);
  }

  @Test
  void caption_varied_halfPlainAndNeverTheHeldOutPhrasing() {
    List<String> varied = captions(Wording.VARIED);
    assertThat(varied).noneMatch(WordingTest::heldOut);
    assertThat(captions(Wording.HELD_OUT)).allMatch(WordingTest::heldOut);
    List<String> plain = captions(Wording.PLAIN);
    long same = LongStream.range(0, DRAWS).filter(i -> same(varied, plain, (int) i)).count();
    assertThat(same / (double) DRAWS).isCloseTo(0.52, within(0.03));
  }

  @Test
  void caption_heldOut_everyWordIsOfTraining() {
    Set<String> trained = words(captions(Wording.VARIED));
    assertThat(trained).containsAll(words(captions(Wording.HELD_OUT)));
    assertThat(trained).containsExactlyInAnyOrderElementsOf(CaptionGrammar.vocabulary());
  }

  @Test
  void caption_sameSeedAndIndex_same() {
    Scene scene = SAMPLER.scene(1);
    List<String> draws =
        LongStream.range(0, 64).mapToObj(i -> Wording.VARIED.caption(scene, 1, i)).toList();
    assertThat(LongStream.range(0, 64).mapToObj(i -> Wording.VARIED.caption(scene, 1, i)))
        .isEqualTo(draws);
    assertThat(new HashSet<>(draws)).hasSizeGreaterThan(10);
  }

  private static boolean heldOut(String caption) {
    return caption.startsWith("on ") && caption.contains(" there is ");
  }

  private static boolean same(List<String> first, List<String> second, int index) {
    return first.get(index).equals(second.get(index));
  }

  private static List<String> captions(Wording wording) {
    return LongStream.range(0, DRAWS)
        .mapToObj(i -> wording.caption(SAMPLER.scene(i), 5, i))
        .toList();
  }

  private static Set<String> words(List<String> captions) {
    Set<String> words = new HashSet<>();
    captions.forEach(caption -> words.addAll(Arrays.asList(caption.split(" "))));
    return words;
  }
}
