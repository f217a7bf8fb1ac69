package dev.cascadefarm.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

  @TempDir Path temp;

  @Test
  void open_missing_isCreatedWithItsFolders() {
    try (DataDirectory directory = DataDirectory.open(temp.resolve("new/farm"))) {
      assertThat(directory.redis()).isDirectory().startsWith(directory.root());
      assertThat(directory.s3()).isDirectory().startsWith(directory.root());
    }
  }

  @Test
  void open_twiceInOneProcess_isRefusedAndNamesItself() throws IOException {
    Path link = Files.createSymbolicLink(temp.resolve("link"), Files.createDirectory(real()));
    try (DataDirectory directory = DataDirectory.open(real())) {
      assertThatThrownBy(() -> DataDirectory.open(link))
          .isInstanceOfSatisfying(
              DirectoryInUseException.class,
              e -> {
                assertThat(e.directory()).isEqualTo(directory.root());
                assertThat(e.holderPid()).isEqualTo(ProcessHandle.current().pid());
              })
          .hasMessageContaining(real().getFileName().toString());
    }
  }

  @Test
  void open_afterClose_isAllowed() {
    DataDirectory first = DataDirectory.open(real());
    first.close();
    first.close();

    try (DataDirectory second = DataDirectory.open(real())) {
      first.close();
      assertThatThrownBy(() -> DataDirectory.open(second.root()))
          .isInstanceOf(DirectoryInUseException.class);
    }
  }

  @Test
  void open_aFile_isRefused() throws IOException {
    Files.createFile(real());

    assertThatThrownBy(() -> DataDirectory.open(real()))
        .isInstanceOf(EmbeddedException.class)
        .hasMessageContaining("expected: a writable folder");
  }

  @Test
  @Tag("integration")
  void open_heldByAnotherProcess_namesItsPidUntilItIsKilled() throws Exception {
    try (FarmProcess farm = FarmProcess.on(real())) {
      assertThat(farm.serves()).isTrue();
      assertThatThrownBy(() -> DataDirectory.open(real()))
          .isInstanceOfSatisfying(
              DirectoryInUseException.class, e -> assertThat(e.holderPid()).isEqualTo(farm.pid()))
          .hasMessageContaining("process " + farm.pid());

      farm.kill();

      DataDirectory.open(real()).close();
    }
  }

  @Test
  @Tag("integration")
  void open_refusedHere_keepsTheLockAgainstOthers() throws Exception {
    try (DataDirectory directory = DataDirectory.open(real())) {
      assertThatThrownBy(() -> DataDirectory.open(directory.root()))
          .isInstanceOf(DirectoryInUseException.class);

      try (FarmProcess other = FarmProcess.on(real())) {
        assertThat(other.serves()).isFalse();
        assertThat(other.holderPid()).isEqualTo(ProcessHandle.current().pid());
      }
    }
  }

  private Path real() {
    return temp.resolve("farm");
  }
}
