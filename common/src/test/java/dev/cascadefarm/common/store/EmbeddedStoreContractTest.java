package dev.cascadefarm.common.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestStore;
import io.minio.GetObjectArgs;
import io.minio.GetObjectResponse;
import io.minio.MakeBucketArgs;
import io.minio.MinioClient;
import io.minio.ObjectWriteResponse;
import io.minio.PutObjectArgs;
import io.minio.StatObjectArgs;
import io.minio.StatObjectResponse;
import io.minio.errors.ErrorResponseException;
import io.minio.errors.MinioException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the embedded store must do as any S3 store does, seen with the bare client. */
@Tag("integration")
@ExtendWith(StoreExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedStoreContractTest {
  private static final String BUCKET = "contract";
  private static final byte[] BYTES = "hello".getBytes(StandardCharsets.UTF_8);
  private static final String MD5 = "5d41402abc4b2a76b9719d911017c592";

  private final MinioClient client;

  EmbeddedStoreContractTest(TestStore server) {
    client =
        MinioClient.builder()
            .endpoint(server.endpoint())
            .credentials(server.accessKey(), server.secretKey())
            .build();
  }

  @BeforeAll
  void makeBucket() throws MinioException {
    client.makeBucket(MakeBucketArgs.builder().bucket(BUCKET).build());
  }

  @AfterAll
  void close() throws Exception {
    client.close();
  }

  @Test
  void put_thenStat_keepsContentTypeMetadataAndETag() throws MinioException {
    ObjectWriteResponse written =
        client.putObject(
            aPut("typed").contentType("image/png").userMetadata(Map.of("seed", "42")).build());

    StatObjectResponse seen =
        client.statObject(StatObjectArgs.builder().bucket(BUCKET).object("typed").build());
    assertThat(seen.contentType()).isEqualTo("image/png");
    assertThat(seen.userMetadata().getFirst("seed")).isEqualTo("42");
    assertThat(seen.etag()).isEqualTo(MD5).isEqualTo(written.etag());
  }

  @Test
  void put_onlyIfAbsent_refusesTheSecond() throws MinioException {
    Map<String, String> ifAbsent = Map.of("If-None-Match", "*");
    client.putObject(aPut("once").extraHeaders(ifAbsent).build());

    assertThatThrownBy(() -> client.putObject(aPut("once").extraHeaders(ifAbsent).build()))
        .isInstanceOfSatisfying(
            ErrorResponseException.class, e -> assertThat(e.response().code()).isEqualTo(412));
  }

  @Test
  void get_range_isThatPart() throws Exception {
    client.putObject(aPut("ranged").build());

    try (GetObjectResponse part =
        client.getObject(
            GetObjectArgs.builder()
                .bucket(BUCKET)
                .object("ranged")
                .offset(1L)
                .length(3L)
                .build())) {
      assertThat(part.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("ell");
    }
  }

  private static PutObjectArgs.Builder aPut(String key) {
    return PutObjectArgs.builder().bucket(BUCKET).object(key).data(BYTES, BYTES.length);
  }
}
