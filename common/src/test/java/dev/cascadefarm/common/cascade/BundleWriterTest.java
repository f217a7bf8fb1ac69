package dev.cascadefarm.common.cascade;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleWriterTest {
  private static final String WEIGHTS = "weights";
  private static final String NOTED = "0123456789abcdef".repeat(4);

  @TempDir Path directory;
  private Path folder;
  private Path weights;
  private Path note;

  @BeforeEach
  void lay() throws IOException {
    folder = Files.createDirectory(directory.resolve("bundle"));
    weights = Files.writeString(folder.resolve("model.safetensors"), WEIGHTS);
    note = folder.resolve(".model.safetensors.sha256");
  }

  @Test
  void seal_noNote_fileIsRead() {
    assertThat(hashes()).isEqualTo(Map.of("model.safetensors", CatalogueFolder.sha256(WEIGHTS)));
  }

  @Test
  void seal_note_isBelievedAndGone() throws IOException {
    Files.writeString(note, NOTED + "  model.safetensors\n");

    assertThat(hashes()).isEqualTo(Map.of("model.safetensors", NOTED));
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("model.safetensors", "stage.json");
  }

  @Test
  void seal_noteOlderThanItsFile_fileIsRead() throws IOException {
    Files.writeString(note, NOTED + "  model.safetensors\n");
    FileTime written = Files.getLastModifiedTime(weights);
    Files.setLastModifiedTime(note, FileTime.fromMillis(written.toMillis() - 1));

    assertThat(hashes()).containsEntry("model.safetensors", CatalogueFolder.sha256(WEIGHTS));
    assertThat(note).doesNotExist();
  }

  @Test
  void seal_noteOfAnotherForm_fileIsRead() throws IOException {
    for (String text :
        new String[] {"", NOTED, NOTED + "  other\n", "g".repeat(64) + "  model.safetensors\n"}) {
      Files.writeString(note, text);

      assertThat(hashes())
          .as(text)
          .isEqualTo(Map.of("model.safetensors", CatalogueFolder.sha256(WEIGHTS)));
    }
  }

  private Map<String, String> hashes() {
    StageBundle draft =
        Catalogue.read(new CatalogueFolder(directory.resolve("c")).folder)
            .bundle(new BundleId("text", 1))
            .bundle();
    return BundleWriter.seal(folder, draft).files();
  }
}
