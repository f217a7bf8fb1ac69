package dev.cascadefarm.diffusion.scratch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.testing.TestProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScratchFolderTest {
  @TempDir Path parent;

  /** Another process with a folder of its own; makes one and waits for its end. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] arguments) throws IOException {
      try (ScratchFolder folder = ScratchFolder.create(Path.of(arguments[0]))) {
        Files.createDirectories(folder.path().resolve("redis/data"));
        Files.writeString(folder.path().resolve("redis/data/part"), "left");
        System.out.println(folder.path());
        System.in.transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  @Test
  void leftovers_ownerLivesThenIsKilled_takenOverOnlyThen() throws IOException {
    try (TestProcess owner = TestProcess.start(List.of(), Owner.class, parent.toString())) {
      Path folder = Path.of(owner.line());
      assertThat(folder).isDirectory().hasParent(parent);
      assertThat(ScratchFolder.leftovers(parent)).isEmpty();
      assertThat(folder.resolve("redis/data/part")).exists();

      owner.kill();
      assertThat(ScratchFolder.leftovers(parent))
          .singleElement()
          .satisfies(
              each -> {
                assertThat(each.path()).isEqualTo(folder);
                each.close();
              });
      assertThat(parent).isEmptyDirectory();
    }
  }

  @Test
  void leftovers_ownAndForeignFolders_none() throws IOException {
    Files.createDirectories(parent.resolve("cascade-farm-python-1/data"));
    Files.createDirectories(parent.resolve("of-another-program"));
    try (ScratchFolder own = ScratchFolder.create(parent)) {
      assertThat(ScratchFolder.leftovers(parent)).isEmpty();
      assertThat(own.path()).isDirectory();
    }
    assertThat(parent.toFile().list())
        .containsExactlyInAnyOrder("cascade-farm-python-1", "of-another-program");
  }

  @Test
  void leftovers_linkToAFolder_notFollowed() throws IOException {
    Path elsewhere = Files.createDirectory(parent.resolve("elsewhere"));
    Files.createFile(elsewhere.resolve(".owner"));
    Files.createSymbolicLink(parent.resolve("cascade-farm-1-2-3"), elsewhere);
    assertThat(ScratchFolder.leftovers(parent)).isEmpty();
  }
}
