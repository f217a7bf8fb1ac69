package dev.cascadefarm.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.embedded.DirectoryInUseException;
import dev.cascadefarm.standalone.config.ConfigInput;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.FarmSettings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class EmbeddedFarmTest {
  @TempDir Path directory;

  @BeforeEach
  void emptyCatalogue() throws IOException {
    Files.createDirectories(directory.resolve("catalogue/bundles"));
    Files.createDirectories(directory.resolve("catalogue/cascades"));
  }

  @Test
  void start_twiceOnOneFolder_secondRefusedUntilFirstIsClosed() throws Exception {
    try (EmbeddedFarm first = EmbeddedFarm.start(config())) {
      assertThat(status(first.address().resolve("/readyz"))).isEqualTo(200);
      assertThatThrownBy(() -> EmbeddedFarm.start(config()))
          .isInstanceOf(DirectoryInUseException.class);
      assertThat(status(first.address().resolve("/readyz"))).isEqualTo(200);
    }
    try (EmbeddedFarm second = EmbeddedFarm.start(config())) {
      assertThat(status(second.address().resolve("/readyz"))).isEqualTo(200);
    }
  }

  @Test
  void temporary_unknownCascade_asksForItsTokenAndLeavesNothing() throws Exception {
    Path data;
    try (EmbeddedFarm farm = EmbeddedFarm.temporary(config(), "none")) {
      data = farm.config().get(FarmSettings.DATA);
      assertThat(data).exists();
      assertThat(status(farm.address().resolve("/v1/jobs"))).isEqualTo(401);
    }
    assertThat(data).doesNotExist();
  }

  private FarmConfig config() {
    Map<String, String> values =
        Map.of(
            "catalogue", directory.resolve("catalogue").toString(),
            "data", directory.resolve("data").toString(),
            "api.port", "0");
    return FarmConfig.load(new ConfigInput(null, directory, Map.of(), values));
  }

  private static int status(URI address) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.discarding())
        .statusCode();
  }
}
