package dev.cascadefarm.diffusion.scenes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.data.SiblingPictures;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SceneSiblingsTest {
  private static final int SCENES = 2000;

  @ParameterizedTest
  @EnumSource(Split.class)
  void of_anyScene_allLookAndReadDifferently(Split split) {
    SceneSampler sampler = new SceneSampler(3, split, 0.6, Textures.BOLD);
    for (int i = 0; i < SCENES / 20; i++) {
      Scene scene = sampler.scene(i);
      List<Scene> siblings = SceneSiblings.of(scene, i);
      assertThat(siblings).as(scene.toString()).hasSize(SceneSiblings.COUNT);
      List<Scene> family = new ArrayList<>(siblings);
      family.add(scene);
      Set<String> pictures = new HashSet<>();
      Set<String> captions = new HashSet<>();
      for (Scene each : family) {
        pictures.add(Arrays.toString(SceneRenderer.render(each.nominal(), 64)));
        captions.add(CaptionGrammar.caption(each));
      }
      assertThat(captions).as(scene.toString()).hasSize(family.size());
      assertThat(pictures).as(scene.toString()).hasSize(family.size());
    }
  }

  @Test
  void of_trainingScene_noHeldOutPair() {
    SceneSampler sampler = new SceneSampler(3, Split.TRAIN, 0.6, Textures.BOLD);
    for (int i = 0; i < SCENES; i++) {
      assertThat(SceneSiblings.of(sampler.scene(i), i)).noneMatch(Scene::heldOut);
    }
  }

  @Test
  void of_pairs_mostHaveTheVeryWordsOfAnother() {
    SceneSampler sampler = new SceneSampler(3, Split.TRAIN, 1, Textures.NONE);
    int same = 0;
    for (int i = 0; i < SCENES; i++) {
      String words = sorted(sampler.scene(i));
      for (Scene each : SceneSiblings.of(sampler.scene(i), i)) {
        same += sorted(each).equals(words) ? 1 : 0;
      }
    }
    assertThat(same).isGreaterThan(SCENES);
  }

  private static String sorted(Scene scene) {
    String[] words = CaptionGrammar.caption(scene).split(" ", -1);
    Arrays.sort(words);
    return String.join(" ", words);
  }

  @Test
  void picture_sameIndex_sameScene() {
    SceneSampler sampler = new SceneSampler(3, Split.TRAIN, 0.6, Textures.BOLD);
    SiblingPictures pictures = new SiblingPictures(sampler);
    assertThat(pictures.caption(8)).isEqualTo(CaptionGrammar.caption(sampler.scene(2)));
    assertThat(pictures.caption(9)).isEqualTo(new SiblingPictures(sampler).caption(9));
    assertThat(pictures.caption(9)).isNotEqualTo(pictures.caption(8));
    assertThat(pictures.picture(9, 16)).isEqualTo(pictures.picture(9, 16));
  }
}
