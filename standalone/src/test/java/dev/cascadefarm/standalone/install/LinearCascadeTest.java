package dev.cascadefarm.standalone.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.CascadeStage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LinearCascadeTest {
  @Test
  void stages_fourInARow_eachTakesFromTheOneBefore() {
    assertThat(
            LinearCascade.stages(
                List.of("words", "base", "sr64", "sr256"), each -> bundle("mine-" + each)))
        .containsExactly(
            new CascadeStage(
                "words",
                bundle("mine-words"),
                Map.of("prompt", "request.prompt", "negative_prompt", "request.negative_prompt")),
            new CascadeStage("base", bundle("mine-base"), Map.of("embeds", "words.embeds")),
            new CascadeStage(
                "sr64",
                bundle("mine-sr64"),
                Map.of("embeds", "words.embeds", "image", "base.image")),
            new CascadeStage(
                "sr256",
                bundle("mine-sr256"),
                Map.of("embeds", "words.embeds", "image", "sr64.image")));
  }

  private static BundleId bundle(String name) {
    return new BundleId(name, 1);
  }
}
