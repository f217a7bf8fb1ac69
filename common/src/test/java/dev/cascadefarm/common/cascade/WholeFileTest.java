package dev.cascadefarm.common.cascade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.json.WireJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  private static final BundleId BASE = new BundleId("base", 1);

  @TempDir Path folder;

  @Test
  void cascade_writtenTwice_replacedAndNothingBeside() throws IOException {
    CascadeWriter.write(folder, cascade("before"));
    CascadeWriter.write(folder, cascade("after"));
    Path file = CascadeWriter.file(folder, "tiny");
    assertThat(file).content().contains("after").doesNotContain("before");
    assertThat(file.getParent()).isDirectoryContaining(each -> each.equals(file));
    assertThat(file.getParent().toFile().list()).hasSize(1);
  }

  @Test
  void cascade_cannotBeWritten_oldOneStays() throws IOException {
    CascadeWriter.write(folder, cascade("before"));
    Path file = CascadeWriter.file(folder, "tiny");
    Files.createDirectory(WholeFile.beside(file));
    assertThatThrownBy(() -> CascadeWriter.write(folder, cascade("after")))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(file).content().contains("before").doesNotContain("after");
  }

  @Test
  void bundle_cannotBeWritten_oldOneStays() throws IOException {
    StageBundle before = BundleWriter.seal(folder, bundle("before"));
    Path file = folder.resolve(StageBundle.FILE);
    String text = Files.readString(file);
    Path beside = Files.createDirectory(WholeFile.beside(file));
    assertThatThrownBy(() -> BundleWriter.seal(folder, bundle("after")))
        .isInstanceOf(UncheckedIOException.class);
    assertThat(file).hasContent(text);
    Files.delete(beside);
    assertThat(BundleWriter.seal(folder, bundle("before"))).isEqualTo(before);
  }

  /** A process that was killed while it wrote leaves the file beside. */
  @Test
  void bundle_leftoverOfAKilledWriter_isNoFileOfIt() throws IOException {
    Path beside = WholeFile.beside(folder.resolve(StageBundle.FILE));
    Files.writeString(beside, "half a descr");
    Files.writeString(folder.resolve("model.safetensors"), "weights");
    assertThat(BundleWriter.seal(folder, bundle("x")).files())
        .containsOnlyKeys("model.safetensors");
    assertThat(beside).doesNotExist();
  }

  private static Cascade cascade(String description) {
    return new Cascade("tiny", 1, description, List.of(new CascadeStage("base", BASE, Map.of())));
  }

  private static StageBundle bundle(String licence) {
    return new StageBundle(
        BASE,
        "diffusion",
        Per.IMAGE,
        Map.of(),
        Map.of(),
        16,
        1,
        WireJson.object(),
        WireJson.object(),
        WireJson.object(),
        "float32",
        Map.of(),
        licence,
        WireJson.object());
  }
}
