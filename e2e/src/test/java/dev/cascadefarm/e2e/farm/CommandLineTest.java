package dev.cascadefarm.e2e.farm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.e2e.client.Png;
import dev.cascadefarm.e2e.process.FarmHost;
import dev.cascadefarm.e2e.process.FarmProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as a script sees it: exit codes, the two streams, the files. */
@Tag("e2e")
class CommandLineTest {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private FarmHost host;

  @BeforeEach
  void start(@TempDir Path folder) {
    host = FarmHost.on(folder);
  }

  @AfterEach
  void stop() {
    host.close();
  }

  @Test
  void render_embeddedFarm_printsOnlyThePathOfAPicture() throws IOException {
    FarmProcess render =
        host.farm(
            "render", "render", "a red circle", "--cascade", "tiny", "--seed", "7", "--out", "out");
    assertThat(render.exit(DEADLINE)).as(host::describe).isZero();

    assertThat(render.out().lines()).hasSize(1);
    Path picture = host.folder().resolve(render.out().strip());
    assertThat(picture.getParent().getParent()).isEqualTo(host.folder().resolve("out"));
    Png png = Png.read(Files.readAllBytes(picture));
    assertThat(png.width()).isEqualTo(64);
    assertThat(png.height()).isEqualTo(64);
    assertThat(String.join("\n", png.text().values())).contains("a red circle", "tiny@1", "7");
    assertThat(picture.resolveSibling("image-0.base.png")).isRegularFile();
    assertThat(picture.resolveSibling("image-0.sr64.png")).hasSameBinaryContentAs(picture);
    assertThat(render.err()).contains("base", "sr64");
  }

  @Test
  void render_unknownSetting_isBadUsageAndNamesIt() {
    FarmProcess render =
        host.farm("render", "render", "a red circle", "--cascade", "tiny", "--set", "base.steps=0");
    assertThat(render.exit(DEADLINE)).isEqualTo(2);
    assertThat(render.out()).isEmpty();
    assertThat(render.err()).contains("set.base.steps: 0 (expected: ");
  }

  @Test
  void worker_stageNotOfTheCascade_isBadUsageAndNamesIt() {
    host.set("FARM_REDIS_URL", "redis://127.0.0.1:1").set("FARM_S3_ENDPOINT", "http://127.0.0.1:1");
    host.set("FARM_S3_ACCESS_KEY", "access").set("FARM_S3_SECRET_KEY", "secret");
    FarmProcess worker = host.farm("worker", "worker", "--stage", "tiny/sr9");
    assertThat(worker.exit(DEADLINE)).isEqualTo(2);
    assertThat(worker.err()).contains("worker.stage: sr9 (expected: one of [text, base, sr64])");
  }

  @Test
  void serve_unknownKeyInFile_isBadUsageAndNamesIt() throws IOException {
    Files.writeString(host.folder().resolve("farm.yaml"), "worker:\n  slotz: 3\n");
    FarmProcess serve = host.farm("serve", "serve", "--port", "0", "--data", "data");
    assertThat(serve.exit(DEADLINE)).isEqualTo(2);
    assertThat(serve.err()).contains("farm.yaml: worker.slotz: 3 (expected: ", "worker.slots");
    assertThat(host.folder().resolve("data")).doesNotExist();
  }
}
