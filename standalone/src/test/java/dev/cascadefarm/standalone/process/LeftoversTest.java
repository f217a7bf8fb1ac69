package dev.cascadefarm.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.scratch.ScratchFolder;
import dev.cascadefarm.testing.TestProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class LeftoversTest {
  @TempDir Path temporary;

  /** Another process with services on a temporary folder, until it is killed. */
  static final class TemporaryServices {
    private TemporaryServices() {}

    public static void main(String[] arguments) throws IOException {
      try (ScratchFolder folder = ScratchFolder.create();
          LocalServices services = LocalServices.start(folder.path(), 0, 0)) {
        System.out.println(folder.path());
        System.out.println(services.addresses().size() + " addresses");
        System.in.transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  /** The next process that starts. */
  static final class NextStart {
    private NextStart() {}

    public static void main(String[] arguments) {
      Leftovers.remove();
    }
  }

  @Test
  void remove_ownerLivesThenIsKilled_folderAndRedisEndOnlyThen() throws Exception {
    try (TestProcess owner = start(TemporaryServices.class)) {
      Path folder = Path.of(owner.line());
      ProcessHandle redis = redis(folder);
      assertThat(start(NextStart.class).exitCode()).isZero();
      assertThat(folder.resolve("redis")).isDirectory();
      assertThat(redis.isAlive()).isTrue();

      owner.kill();
      assertThat(redis.isAlive()).isTrue();
      assertThat(start(NextStart.class).exitCode()).isZero();
      assertThat(temporary).isDirectoryNotContaining(each -> each.equals(folder));
      assertThat(redis.info().command()).isEmpty();
    }
  }

  private TestProcess start(Class<?> main) throws IOException {
    return TestProcess.start(List.of("-Djava.io.tmpdir=" + temporary), main);
  }

  private static ProcessHandle redis(Path folder) throws IOException {
    String record = Files.readString(folder.resolve("redis/redis.pid"));
    return ProcessHandle.of(Long.parseLong(record.substring(0, record.indexOf(' ')))).orElseThrow();
  }
}
