package dev.cascadefarm.standalone.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.InvalidCatalogueException;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import dev.cascadefarm.standalone.install.Origin;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cascades of a described file and stages of the default catalogue. */
class CompanyTest {
  private static final Path CATALOGUE = Path.of("../catalogue");

  @TempDir Path folder;

  @Test
  void cascade_afterAnother_goesOnWhereThatEnds() throws IOException {
    Cascade cascade = cascade(TorchScriptFiles.ENLARGER, null, null, "scenes").orElseThrow();

    assertThat(cascade.id()).isEqualTo("mine@1");
    assertThat(cascade.stages())
        .extracting(each -> each.name())
        .containsExactly("text", "base", "sr64", "sr256", "sr8");
    assertThat(cascade.last().inputs()).isEqualTo(Map.of("image", "sr256.image"));
  }

  @Test
  void cascade_enlargerAlone_takesPicturesOfYourOwn() throws IOException {
    Cascade cascade = cascade(TorchScriptFiles.ENLARGER, null, null, null).orElseThrow();
    assertThat(cascade.stages()).hasSize(1);
    assertThat(cascade.last().inputs()).isEqualTo(Map.of("image", "request.init_image"));
  }

  @Test
  void cascade_captionsOfACascadeThatIsThere_sharedNotEncodedTwice() throws IOException {
    String captioned =
        TorchScriptFiles.ENLARGER.replace(
            "\"inputs\": [", "\"inputs\": [{\"name\": \"embeds\", \"shape\": [\"B\", 6, 8]},");
    Cascade shared = cascade(captioned, null, null, "scenes").orElseThrow();
    assertThat(shared.last().inputs())
        .isEqualTo(Map.of("image", "sr256.image", "embeds", "text.embeds"));
    Cascade named = cascade(captioned, "scenes-text@2", null, "scenes").orElseThrow();
    assertThat(named.stages()).hasSize(5);
    Cascade alone = cascade(captioned, "scenes-text@2", null, null).orElseThrow();
    assertThat(alone.stages()).extracting(each -> each.name()).containsExactly("text", "sr8");
  }

  @Test
  void cascade_stageThatIsNoneOfThatSort_refused() {
    assertThatThrownBy(
            () -> cascade(TorchScriptFiles.GUIDED, "scenes-text@2", "scenes-base@2", null))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("vae.inputs.embeds: missing");
    assertThatThrownBy(() -> cascade(TorchScriptFiles.GUIDED, "scenes-text@2", null, null))
        .isInstanceOf(TorchScriptException.class)
        .hasMessageStartingWith("--decoder: missing");
    assertThatThrownBy(() -> cascade(TorchScriptFiles.ENLARGER, null, null, "nothing"))
        .isInstanceOf(TorchScriptException.class)
        .hasMessageStartingWith("--after: nothing (expected: one of [scenes@2");
  }

  @Test
  void cascade_textEncoder_isAStageForOthers() throws IOException {
    assertThat(cascade(TorchScriptFiles.WORDS, null, null, null)).isEmpty();
  }

  private Optional<Cascade> cascade(String description, String text, String decoder, String after)
      throws IOException {
    StageDescription said =
        StageDescription.read(TorchScriptFiles.describe(folder, "mine", description));
    StageBundle bundle =
        new GuestDraft(said, WireJson.object(), new Origin("MIT", WireJson.object()))
            .of(new BundleId("mine", 1));
    return new Company(
            Optional.ofNullable(text).map(BundleId::parse),
            Optional.ofNullable(decoder).map(BundleId::parse),
            Optional.ofNullable(after))
        .cascade(CATALOGUE, bundle, said);
  }
}
