package dev.cascadefarm.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
class EmbeddedStoreTest {

  private static final FileAttribute<?> OWNER_ONLY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

  @TempDir Path directory;

  @Test
  void start_unsignedRequest_isForbidden() throws IOException, InterruptedException {
    Files.createDirectory(directory.resolve("bucket"), OWNER_ONLY);
    try (EmbeddedStore store = EmbeddedStore.start(EmbeddedStoreConfig.in(directory))) {
      URI bucket = URI.create(store.endpoint() + "/bucket");
      HttpRequest unsigned = HttpRequest.newBuilder(bucket).build();
      HttpResponse<String> response =
          HttpClient.newHttpClient().send(unsigned, BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(403);
    }
  }
}
