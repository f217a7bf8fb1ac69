package dev.cascadefarm.standalone.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CascadeFileTest {
  @Test
  void of_scenes_eachStageTakesThePictureOfTheOneBefore() {
    Cascade cascade = CascadeFile.of("scenes");
    assertThat(cascade.version()).isEqualTo(2);
    assertThat(cascade.stages())
        .extracting(CascadeStage::name)
        .containsExactly("text", "base", "sr64", "sr256");
    assertThat(cascade.stages())
        .extracting(each -> each.bundle().toString())
        .containsExactly("scenes-text@2", "scenes-base@2", "scenes-sr64@2", "scenes-sr256@2");
    assertThat(cascade.stages().get(1).inputs()).isEqualTo(Map.of("embeds", "text.embeds"));
    assertThat(cascade.stages().get(3).inputs())
        .isEqualTo(Map.of("embeds", "text.embeds", "image", "sr64.image"));
  }
}
