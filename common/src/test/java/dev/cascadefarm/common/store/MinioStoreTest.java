package dev.cascadefarm.common.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.embedded.EmbeddedStore;
import dev.cascadefarm.embedded.EmbeddedStoreConfig;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
@ExtendWith(StoreExtension.class)
class MinioStoreTest {
  private static final String PNG = "image/png";
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final Vertx vertx = Vertx.vertx();
  private final List<ArtifactStore> opened = new ArrayList<>();
  private StoreConfig config;
  private ArtifactStore store;
  private Path bucket;

  @BeforeEach
  void start(TestStore server, TestInfo test) throws Exception {
    String name = "b-" + Integer.toHexString(test.getDisplayName().hashCode());
    config = StoreConfig.of(server.endpoint(), server.accessKey(), server.secretKey(), name);
    bucket = server.folder().resolve(name);
    store = open(config);
    await(store.start());
  }

  @AfterEach
  void close() throws Exception {
    for (ArtifactStore each : opened) {
      await(each.close());
    }
    await(vertx.close());
  }

  @Test
  void get_afterPut_isTheSameBytes() throws Exception {
    Artifact artifact = await(store.put("a/b/c.png", bytes("picture"), PNG));

    assertThat(artifact).isEqualTo(Artifact.of("a/b/c.png", bytes("picture"), PNG));
    assertThat(await(store.get("a/b/c.png"))).isEqualTo(bytes("picture"));
    assertThat(await(store.getVerified(artifact))).isEqualTo(bytes("picture"));
    StoredObject seen = await(store.stat("a/b/c.png"));
    assertThat(seen.size()).isEqualTo(7);
    assertThat(seen.modified()).isAfter(Instant.EPOCH);
  }

  @Test
  void getVerified_byDigestAlone_isTheSameBytesOrCorrupt() throws Exception {
    Artifact artifact = await(store.put("a/b.png", bytes("picture"), PNG));

    assertThat(await(store.getVerified("a/b.png", artifact.sha256()))).isEqualTo(bytes("picture"));
    assertThatThrownBy(() -> await(store.getVerified("a/b.png", "0".repeat(64))))
        .isInstanceOf(ArtifactCorruptException.class)
        .hasMessageContaining("a/b.png", "0".repeat(64));
    assertThatThrownBy(() -> await(store.getVerified("a/c.png", artifact.sha256())))
        .isInstanceOf(ArtifactNotFoundException.class);
  }

  @Test
  void put_empty_isReadBackEmpty() throws Exception {
    Artifact artifact = await(store.put("empty", new byte[0], PNG));

    assertThat(await(store.getVerified(artifact))).isEmpty();
  }

  @Test
  void put_again_replacesWhole() throws Exception {
    await(store.put("k", bytes("a longer first version"), PNG));
    await(store.put("k", bytes("second"), PNG));

    assertThat(await(store.get("k"))).isEqualTo(bytes("second"));
  }

  @Test
  void put_eightMebibytes_areVerified() throws Exception {
    byte[] large = new byte[8 << 20];
    new Random(1).nextBytes(large);

    Artifact artifact = await(store.put("large", large, PNG));

    assertThat(await(store.getVerified(artifact))).isEqualTo(large);
  }

  @Test
  void put_manyAtOnce_allArrive() throws Exception {
    List<Future<Artifact>> puts =
        IntStream.range(0, 100)
            .mapToObj(i -> store.put("many/" + i, bytes("object " + i), PNG))
            .toList();
    await(Future.all(puts));

    for (Future<Artifact> put : puts) {
      assertThat(await(store.getVerified(put.result()))).hasSize((int) put.result().size());
    }
  }

  @Test
  void get_missing_isNotFound() {
    assertThatThrownBy(() -> await(store.get("missing")))
        .isInstanceOfSatisfying(
            ArtifactNotFoundException.class,
            e -> {
              assertThat(e.key()).isEqualTo("missing");
              assertThat(e.retryable()).isFalse();
            });
    assertThatThrownBy(() -> await(store.stat("missing")))
        .isInstanceOf(ArtifactNotFoundException.class);
  }

  @Test
  void getVerified_spoiltFile_isCorrupt() throws Exception {
    Artifact artifact = await(store.put("x/spoilt.png", bytes("picture"), PNG));
    Files.write(bucket.resolve("x/spoilt.png"), bytes("pictuRe"));

    assertThatThrownBy(() -> await(store.getVerified(artifact)))
        .isInstanceOfSatisfying(
            ArtifactCorruptException.class, e -> assertThat(e.key()).isEqualTo("x/spoilt.png"))
        .hasMessageContaining(artifact.sha256());
  }

  @Test
  void getVerified_truncatedFile_isCorrupt() throws Exception {
    Artifact artifact = await(store.put("short.png", bytes("picture"), PNG));
    Files.write(bucket.resolve("short.png"), bytes("pic"));

    assertThatThrownBy(() -> await(store.getVerified(artifact)))
        .isInstanceOf(ArtifactCorruptException.class)
        .hasMessageContaining("3 bytes")
        .hasMessageContaining("7 bytes");
  }

  @Test
  void sizes_aboveTheLimit_areRefusedBothWays() throws Exception {
    ArtifactStore small = open(config.withMaxObjectBytes(4));
    await(store.put("five", bytes("12345"), PNG));
    await(small.put("four", bytes("1234"), PNG));

    assertThat(await(small.get("four"))).hasSize(4);
    assertThatThrownBy(() -> await(small.get("five")))
        .isInstanceOf(ArtifactTooLargeException.class);
    assertThatThrownBy(() -> await(small.put("p", bytes("12345"), PNG)))
        .isInstanceOf(ArtifactTooLargeException.class)
        .hasMessage("p: 5 bytes (expected: at most 4)");
  }

  @Test
  void list_isSortedPrefixedAndBounded() throws Exception {
    for (String key : List.of("p/2", "p/1", "p/sub/3", "q/4")) {
      await(store.put(key, bytes(key), PNG));
    }

    assertThat(keys(await(store.list("p/", 10)))).containsExactly("p/1", "p/2", "p/sub/3");
    assertThat(keys(await(store.list("p/", 2)))).containsExactly("p/1", "p/2");
    assertThat(await(store.list("none/", 10))).isEmpty();
  }

  @Test
  void delete_removesAndMayBeRepeated() throws Exception {
    await(store.put("d/1", bytes("1"), PNG));
    await(store.put("d/2", bytes("2"), PNG));

    await(store.delete(List.of("d/1", "d/2", "d/never")));
    await(store.delete(List.of("d/1")));
    await(store.delete(List.of()));

    assertThat(await(store.list("d/", 10))).isEmpty();
  }

  @Test
  void start_twiceAndAtOnce_isHarmless() throws Exception {
    StoreConfig other =
        StoreConfig.of(config.endpoint(), config.accessKey(), config.secretKey(), "made-at-once");
    List<Future<Void>> starts = IntStream.range(0, 8).mapToObj(i -> open(other).start()).toList();

    await(Future.all(starts));
    await(store.start());
  }

  @Test
  void start_wrongSecret_isRefused() {
    StoreConfig wrong =
        StoreConfig.of(config.endpoint(), config.accessKey(), "wrong", config.bucket());

    assertThatThrownBy(() -> await(open(wrong).start()))
        .isInstanceOf(StoreRefusedException.class)
        .hasMessageNotContaining("wrong");
  }

  @Test
  void ready_bucketGone_isUnavailable() throws Exception {
    await(store.ready());
    Files.delete(bucket);

    assertThatThrownBy(() -> await(store.ready())).isInstanceOf(StoreUnavailableException.class);
  }

  @Test
  void calls_storeStopped_areUnavailableWithinTheDeadline(@TempDir Path folder) throws Exception {
    ArtifactStore own;
    try (EmbeddedStore server = EmbeddedStore.start(EmbeddedStoreConfig.in(folder))) {
      own =
          open(
              StoreConfig.of(server.endpoint(), server.accessKey(), server.secretKey(), "farm")
                  .withDeadline(SHORT));
      await(own.start());
      await(own.put("k", bytes("v"), PNG));
    }

    for (Future<?> call : List.of(own.get("k"), own.put("l", bytes("v"), PNG), own.ready())) {
      assertThatThrownBy(() -> call.await(3, SECONDS))
          .isInstanceOfSatisfying(
              StoreUnavailableException.class, e -> assertThat(e.retryable()).isTrue());
    }
  }

  @Test
  void calls_storeSilent_areUnavailableAtTheDeadline() throws Exception {
    try (ServerSocket silent =
        new ServerSocket(0, 16, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      String endpoint = "http://127.0.0.1:" + silent.getLocalPort();
      ArtifactStore waiting = open(StoreConfig.of(endpoint, "a", "s", "farm").withDeadline(SHORT));

      assertThatThrownBy(() -> waiting.get("k").await(3, SECONDS))
          .isInstanceOf(StoreUnavailableException.class);
    }
  }

  @Test
  void get_objectsOutliveTheServer(@TempDir Path folder) throws Exception {
    Artifact artifact;
    try (EmbeddedStore first = EmbeddedStore.start(EmbeddedStoreConfig.in(folder))) {
      ArtifactStore writer = open(at(first));
      await(writer.start());
      artifact = await(writer.put("kept/1.png", bytes("kept"), PNG));
    }
    try (EmbeddedStore second = EmbeddedStore.start(EmbeddedStoreConfig.in(folder))) {
      ArtifactStore reader = open(at(second));

      assertThat(await(reader.getVerified(artifact))).isEqualTo(bytes("kept"));
    }
  }

  @Test
  void futures_completeOnTheContextOfTheCaller() throws Exception {
    Context context = vertx.getOrCreateContext();
    Future<Context> completedOn =
        Future.future(
            done ->
                context.runOnContext(
                    go -> store.ready().onComplete(r -> done.complete(Vertx.currentContext()))));

    assertThat(await(completedOn)).isSameAs(context);
  }

  private ArtifactStore open(StoreConfig at) {
    ArtifactStore fresh = ArtifactStore.create(vertx, at);
    opened.add(fresh);
    return fresh;
  }

  private static StoreConfig at(EmbeddedStore server) {
    return StoreConfig.of(server.endpoint(), server.accessKey(), server.secretKey(), "farm");
  }

  private static List<String> keys(List<StoredObject> objects) {
    return objects.stream().map(StoredObject::key).toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(15, SECONDS);
  }
}
