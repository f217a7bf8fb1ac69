package dev.cascadefarm.standalone.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.standalone.install.DiffusionParameters.DynamicThreshold;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiffusionParametersTest {
  @Test
  void schema_history_listsWhatFits() {
    assertThat(samplers(0)).contains("ddim", "euler").doesNotContain("heun", "lms");
    assertThat(samplers(2)).contains("unipc").doesNotContain("lms", "pndm", "pndm_prk");
    assertThat(samplers(Sampler.USUAL_HISTORY)).contains("lms", "pndm").doesNotContain("pndm_prk");
    assertThat(samplers(Sampler.MOST_HISTORY)).isEqualTo(Sampler.NAMES);
    assertThat(parameters("ddpm").schema(0).at("/properties/sampler/default").asText())
        .isEqualTo("ddpm");
  }

  @Test
  void schema_defaultSamplerOfMoreHistory_refused() {
    assertThatThrownBy(() -> parameters("pndm").schema(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sampler: pndm (expected: one of ddim, ")
        .hasMessageEndingWith("with 2 of history)");
  }

  private static List<String> samplers(int history) {
    List<String> names = new ArrayList<>();
    JsonNode listed = parameters("ddim").schema(history).at("/properties/sampler/enum");
    listed.forEach(each -> names.add(each.asText()));
    return names;
  }

  private static DiffusionParameters parameters(String sampler) {
    return new DiffusionParameters(sampler, 20, 1000, 1, new DynamicThreshold(0.95, 10), -1);
  }
}
