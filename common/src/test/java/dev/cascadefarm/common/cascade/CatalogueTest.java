package dev.cascadefarm.common.cascade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTest {
  private CatalogueFolder files;

  @BeforeEach
  void lay(@TempDir Path folder) {
    files = new CatalogueFolder(folder);
  }

  @Test
  void read_soundFolder_knowsCascadesAndBundles() throws IOException {
    Catalogue catalogue = Catalogue.read(files.folder);

    Cascade cascade = catalogue.cascade("tiny").orElseThrow();
    assertThat(cascade.id()).isEqualTo("tiny@1");
    assertThat(catalogue.cascade("tiny@1")).contains(cascade);
    assertThat(catalogue.cascade("tiny@2")).isEmpty();
    assertThat(cascade.last().predecessors()).containsExactly("text");
    InstalledBundle base = catalogue.bundle(BundleId.parse("base@2"));
    assertThat(base.bundle().imageSize()).isEqualTo(16);
    String stageJson = Files.readString(files.path("bundles/base/2/stage.json"));
    assertThat(base.digest()).isEqualTo(CatalogueFolder.sha256(stageJson));
    assertThatCode(base::verifyFiles).doesNotThrowAnyException();
  }

  @Test
  void verifyFiles_changedWeights_namesFileAndBothHashes() {
    InstalledBundle base = Catalogue.read(files.folder).bundle(BundleId.parse("base@2"));
    files.write("bundles/base/2/model.safetensors", "other weights");

    assertThatThrownBy(base::verifyFiles)
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("model.safetensors")
        .hasMessageContaining("SHA-256 " + CatalogueFolder.sha256("other weights"))
        .hasMessageContaining("expected: " + CatalogueFolder.sha256("not really weights"));
  }

  @Test
  void verifyFiles_missingWeights_namesFile() throws IOException {
    InstalledBundle base = Catalogue.read(files.folder).bundle(BundleId.parse("base@2"));
    Files.delete(files.path("bundles/base/2/model.safetensors"));

    assertThatThrownBy(base::verifyFiles)
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("model.safetensors: cannot be read");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bundle: base@2         | bundle: base@3          | base.bundle: base@3 (expected: one of
          text.embedding         | text.image              | base.inputs.embedding: text.image (expected: one of embedding)
          text.embedding         | base.image              | base.inputs.embedding: base.image (expected: one of text, an earlier stage)
          text.embedding         | sr.image                | base.inputs.embedding: sr.image (expected: one of text, an earlier stage)
          text.embedding         | request.prompt          | request.prompt is text (expected: tensors)
          text.embedding         | request.image           | request.image (expected: one of init_image, init_image_b, negative_prompt, prompt, prompt_b)
          text.embedding         | request.init_image      | request.init_image is image (expected: tensors)
          text.embedding         | embedding               | embedding (expected: request.FIELD or STAGE.OUTPUT)
          '{embedding: text.'    | '{embeding: text.'      | base.inputs.embedding: missing (expected: STAGE.OUTPUT)
          'prompt: request.prompt,' | 'prompt: request.negative_prompt,' | may be absent (expected: a source that is always there)
          name: base             | name: text              | text: twice (expected: each stage once)
          name: base             | name: request           | stage: request
          version: 1             | version: 0              | version: 0 (expected: integer from 1 to 999999999)
          version: 1             | versoin: 1              | versoin: unknown (expected: one of description, name, stages, version)
          name: tiny             | name: huge              | name: huge (expected: the file's own name)
          stages:                | stage                   | tiny.yaml
          """)
  void read_spoiledCascade_namesFileAndFault(String part, String other, String fault) {
    files.editCascade(part, other);

    assertThatThrownBy(() -> Catalogue.read(files.folder))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining(fault)
        .hasMessageContaining("tiny");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1,N,768 | 1,N,1024 | 1 × N × 768 (expected: 1 × N × 1024)
          1,N,768 | 1,1024   | 1 × N × 768 (expected: 1 × 1024)
          1,N,768 | 1,77,768 |
          1,N,768 | 1,N,E    |
          1,N,E   | 1,N,1024 |
          ''      | 1,N,1024 |
          1,N,768 | ''       |
          """)
  void read_tensorsOfAnotherSize_areRefusedWithBoth(String given, String taken, String fault) {
    files.edit("text/1", text -> shape((ObjectNode) text.at("/outputs/embedding"), given));
    files.edit("base/2", base -> shape((ObjectNode) base.at("/inputs/embedding"), taken));

    if (fault == null) {
      assertThat(Catalogue.read(files.folder).cascade("tiny")).isPresent();
      return;
    }
    assertThatThrownBy(() -> Catalogue.read(files.folder))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessage("cascade tiny: base.inputs.embedding: text.embedding is " + fault);
  }

  private static void shape(ObjectNode tensor, String sizes) {
    ArrayNode shape = tensor.putArray("shape");
    Stream.of(sizes.split(",")).filter(each -> !each.isEmpty()).forEach(shape::add);
  }

  @Test
  void read_lastStageWithoutPicture_isRefused() {
    files.editBase(base -> ((ObjectNode) base.at("/outputs/image")).put("media", "tensors"));

    assertThatThrownBy(() -> Catalogue.read(files.folder))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("a last stage that draws each image");
  }

  @Test
  void read_unknownBundleField_namesFileAndField() {
    files.editBase(base -> base.put("colour", "red"));

    assertThatThrownBy(() -> Catalogue.read(files.folder))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("stage.json: colour: unknown (expected: one of diffusion, files,");
  }

  @Test
  void read_missingBundleField_namesFileAndField() {
    files.editBase(base -> base.remove("kind"));

    assertThatThrownBy(() -> Catalogue.read(files.folder))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("stage.json: kind: missing");
  }

  @Test
  void read_fileOutsideTheBundle_isRefused() {
    files.editBase(base -> ((ObjectNode) base.get("files")).put("../escape", "0".repeat(64)));

    assertThatThrownBy(() -> Catalogue.read(files.folder))
        .isInstanceOf(InvalidCatalogueException.class);
  }

  @Test
  void read_bundleInAnotherFolder_isRefused() throws IOException {
    Files.move(files.path("bundles/base/2"), files.path("bundles/base/3"));

    assertThatThrownBy(() -> Catalogue.read(files.folder))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("id: base@2 (expected: base@3, as its folder says)");
  }

  @Test
  void read_parameterWithoutDefault_isRefused() {
    files.editBase(
        base -> ((ObjectNode) base.at("/parameters/properties/steps")).remove("default"));

    assertThatThrownBy(() -> Catalogue.read(files.folder))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("base@2: parameters.steps: no default");
  }

  @Test
  void read_defaultOutOfBounds_isRefused() {
    files.editBase(
        base -> ((ObjectNode) base.at("/parameters/properties/steps")).put("default", 0));

    assertThatThrownBy(() -> Catalogue.read(files.folder))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining("parameters.steps: 0 (expected: integer from 1 to 1000)");
  }

  @Test
  void read_noFolder_isNamed(@TempDir Path empty) {
    assertThatThrownBy(() -> Catalogue.read(empty))
        .isInstanceOf(InvalidCatalogueException.class)
        .hasMessageContaining(empty.resolve("bundles").toString());
  }
}
