package dev.cascadefarm.diffusion.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SceneSamplerTest {
  private static final int DRAWS = 20_000;

  @Test
  void scene_fixedSeedAndIndex_knownCaptions() {
    SceneSampler sampler = new SceneSampler(7, Split.TRAIN, 0.6, Textures.BOLD);
    assertThat(LongStream.range(0, 4).mapToObj(sampler::scene).map(CaptionGrammar::caption))
        .containsExactly(
            "a large orange horizontally striped ring above a small red horizontally striped square"
                + " on a white background",
            "a small orange circle at the right on a white background",
            "a small purple horizontally striped diamond at the left on a gray background",
            "a small purple vertically striped diamond at the right on a white background");
  }

  @Test
  void scene_fineTexturesToo_otherwiseTheSame() {
    SceneSampler bold = new SceneSampler(1, Split.TRAIN, 0.5, Textures.BOLD);
    for (int i = 0; i < 500; i++) {
      Scene scene = sampler(Split.TRAIN).scene(i);
      assertThat(bold.scene(i).objects()).noneMatch(object -> object.texture().fine());
      assertThat(bold.scene(i).retextured(texture -> Texture.PLAIN))
          .isEqualTo(scene.retextured(texture -> Texture.PLAIN));
    }
  }

  @Test
  void scene_calledTwiceInAnyOrder_equal() {
    SceneSampler sampler = sampler(Split.TRAIN);
    Scene late = sampler.scene(123_456_789_012L);
    sampler.scene(0);
    assertThat(sampler.scene(123_456_789_012L)).isEqualTo(late);
  }

  @Test
  void scene_neighbouringSeedsAndIndices_unrelated() {
    List<Scene> shifted = LongStream.range(1, 200).mapToObj(sampler(Split.TRAIN)::scene).toList();
    SceneSampler neighbour = new SceneSampler(2, Split.TRAIN, 0.5, Textures.ALL);
    long equal =
        LongStream.range(1, 200)
            .filter(i -> neighbour.scene(i - 1).equals(shifted.get((int) i - 1)))
            .count();
    assertThat(equal).isLessThan(3);
  }

  @Test
  void scene_train_neverAHeldOutPair() {
    assertThat(draws(Split.TRAIN)).noneMatch(Scene::heldOut);
    assertThat(pairs(Split.TRAIN)).hasSize(6 * 7);
  }

  @Test
  void scene_seen_pairsOfTrainingInOtherScenes() {
    assertThat(pairs(Split.SEEN)).isEqualTo(pairs(Split.TRAIN));
    Set<Scene> train = new HashSet<>(draws(Split.TRAIN).filter(SceneSamplerTest::pair).toList());
    assertThat(draws(Split.SEEN).filter(SceneSamplerTest::pair)).noneMatch(train::contains);
  }

  @Test
  void scene_heldOut_alwaysAHeldOutPair() {
    assertThat(draws(Split.HELD_OUT)).allMatch(Scene::heldOut);
    Set<String> train = pairs(Split.TRAIN);
    assertThat(pairs(Split.HELD_OUT).stream().filter(pair -> !train.contains(pair))).hasSize(6);
  }

  @Test
  @SuppressWarnings("EnumOrdinal") // the rule is about places in the lists
  void heldOut_pair_isIndexSumThreeModuloEight() {
    assertThat(AllScenes.objects())
        .allMatch(o -> o.heldOut() == ((o.shape().ordinal() + o.colour().ordinal()) % 8 == 3));
  }

  @ParameterizedTest
  @EnumSource
  void scene_share_ofTwoObjects(Split split) {
    double share = draws(split).filter(SceneSamplerTest::pair).count() / (double) DRAWS;
    assertThat(share).isCloseTo(0.5, within(0.02));
    assertThat(new SceneSampler(1, split, 0, Textures.ALL).scene(5).objects()).hasSize(1);
    assertThat(new SceneSampler(1, split, 1, Textures.ALL).scene(5).objects()).hasSize(2);
  }

  @Test
  void scene_untextured_plainAndOtherwiseTheSame() {
    SceneSampler plain = new SceneSampler(1, Split.TRAIN, 0.5, Textures.NONE);
    SceneSampler textured = sampler(Split.TRAIN);
    for (int i = 0; i < 500; i++) {
      assertThat(plain.scene(i).objects()).allMatch(o -> o.texture() == Texture.PLAIN);
      assertThat(plain.scene(i).layout()).isEqualTo(textured.scene(i).layout());
    }
    assertThat(draws(Split.TRAIN).flatMap(s -> s.objects().stream()).map(SceneObject::texture))
        .contains(Texture.values());
  }

  @Test
  void sampler_shareOutOfRange_refused() {
    assertThatThrownBy(() -> new SceneSampler(1, Split.TRAIN, Double.NaN, Textures.ALL))
        .hasMessage("two-object share: NaN (expected: 0..1)");
  }

  private static SceneSampler sampler(Split split) {
    return new SceneSampler(1, split, 0.5, Textures.ALL);
  }

  private static Stream<Scene> draws(Split split) {
    return LongStream.range(0, DRAWS).mapToObj(sampler(split)::scene);
  }

  private static Set<String> pairs(Split split) {
    Set<String> pairs = new HashSet<>();
    draws(split)
        .flatMap(s -> s.objects().stream())
        .forEach(o -> pairs.add(o.colour() + " " + o.shape()));
    return pairs;
  }

  private static boolean pair(Scene scene) {
    return scene.objects().size() == 2;
  }
}
