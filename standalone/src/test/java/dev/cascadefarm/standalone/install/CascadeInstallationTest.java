package dev.cascadefarm.standalone.install;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.CascadeWriter;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InvalidCatalogueException;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.json.WireJson;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CascadeInstallationTest {
  private static final BundleId FIRST = new BundleId("mine-base", 1);
  private static final BundleId SECOND = new BundleId("mine-sr16", 1);
  private static final Cascade CASCADE =
      new Cascade(
          "mine",
          1,
          "Yes: no",
          List.of(
              new CascadeStage("base", FIRST, Map.of()),
              new CascadeStage("sr16", SECOND, Map.of("image", "base.image"))));

  @TempDir Path catalogue;

  @Test
  void finish_everyBundle_readAsWritten() throws IOException {
    try (CascadeInstallation installation = CascadeInstallation.begin(catalogue, CASCADE)) {
      seal(installation, FIRST, Map.of());
      seal(installation, SECOND, Map.of("image", picture()));
      assertThat(catalogue.resolve("bundles")).doesNotExist();
      installation.finish();
    }
    assertThat(files()).containsExactly(stage(FIRST), stage(SECOND), "cascades/mine.yaml");
    assertThat(Catalogue.read(catalogue).cascades()).containsExactly(CASCADE);
  }

  @Test
  void close_unfinished_nothingThere() throws IOException {
    try (CascadeInstallation installation = CascadeInstallation.begin(catalogue, CASCADE)) {
      seal(installation, FIRST, Map.of());
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void finish_bundleMissing_refusedAndNothingThere() throws IOException {
    try (CascadeInstallation installation = CascadeInstallation.begin(catalogue, CASCADE)) {
      seal(installation, FIRST, Map.of());
      assertThatThrownBy(installation::finish)
          .isInstanceOf(InvalidCatalogueException.class)
          .hasMessageContaining("sr16.bundle: mine-sr16@1");
    }
    assertThat(files()).isEmpty();
  }

  @Test
  void finish_nameTakenMeanwhile_bundlesTakenBack() throws IOException {
    Path other = CascadeWriter.file(catalogue, "mine");
    try (CascadeInstallation installation = CascadeInstallation.begin(catalogue, CASCADE)) {
      seal(installation, FIRST, Map.of());
      seal(installation, SECOND, Map.of("image", picture()));
      Files.createDirectories(other.getParent());
      Files.writeString(other, "another's");
      assertThatThrownBy(installation::finish).isInstanceOf(FileAlreadyExistsException.class);
    }
    assertThat(files()).containsExactly("cascades/mine.yaml");
    assertThat(other).hasContent("another's");
  }

  @Test
  void begin_bundleThere_refused() throws IOException {
    Files.createDirectories(BundleWriter.folder(catalogue, SECOND));
    assertThatThrownBy(() -> CascadeInstallation.begin(catalogue, CASCADE))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("exists (expected: a new name or version)");
  }

  private static void seal(
      CascadeInstallation installation, BundleId id, Map<String, TensorSpec> inputs)
      throws IOException {
    StageBundle draft =
        new StageBundle(
            id,
            "diffusion",
            Per.IMAGE,
            inputs,
            Map.of("image", picture()),
            16,
            1,
            WireJson.object(),
            WireJson.object(),
            WireJson.object(),
            "float32",
            Map.of(),
            "NOASSERTION",
            WireJson.object());
    BundleWriter.seal(Files.createDirectories(installation.folder(id)), draft);
  }

  private static TensorSpec picture() {
    return new TensorSpec("image", "", List.of("3", "h", "w"));
  }

  private static String stage(BundleId id) {
    return "bundles/" + id.name() + "/" + id.version() + "/stage.json";
  }

  /** Every file, hidden ones too. */
  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(catalogue)) {
      return all.filter(Files::isRegularFile)
          .map(each -> catalogue.relativize(each).toString())
          .sorted()
          .toList();
    }
  }
}
