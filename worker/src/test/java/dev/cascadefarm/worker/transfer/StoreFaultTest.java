package dev.cascadefarm.worker.transfer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.store.ArtifactKeys;
import dev.cascadefarm.common.store.ArtifactStore;
import dev.cascadefarm.common.store.StoreConfig;
import dev.cascadefarm.common.store.StoreUnavailableException;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestStore;
import dev.cascadefarm.testing.fault.Dose;
import dev.cascadefarm.testing.fault.FaultProxy;
import dev.cascadefarm.testing.fault.Link;
import dev.cascadefarm.testing.fault.Mishap;
import dev.cascadefarm.testing.fault.Rule;
import dev.cascadefarm.worker.metrics.WorkerMetrics;
import dev.cascadefarm.worker.retry.Patience;
import dev.cascadefarm.worker.retry.Retry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a worker stores and reads through a store that has a bad day. */
@Tag("integration")
@ExtendWith(StoreExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StoreFaultTest {
  private static final Duration DEADLINE = Duration.ofSeconds(2);
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Patience PATIENCE =
      new Patience(Duration.ofMillis(5), Duration.ofMillis(50), Duration.ofSeconds(20));
  private static final int FILE_BYTES = 200_000;
  private static final String OUTPUT = "image";

  private final Vertx vertx = Vertx.vertx();
  private final Random random = new Random(5);
  private int tasks;
  private FaultProxy proxy;
  private ArtifactStore store;
  private ArtifactStore direct;

  @BeforeAll
  void open(TestStore shared) throws Exception {
    proxy = FaultProxy.http(shared.endpoint(), 1);
    store = ArtifactStore.create(vertx, config(shared, proxy.url()).withDeadline(DEADLINE));
    direct = ArtifactStore.create(vertx, config(shared, shared.endpoint()).withDeadline(LONG));
    direct.start().await(30, SECONDS);
  }

  private static StoreConfig config(TestStore shared, String endpoint) {
    return StoreConfig.of(endpoint, shared.accessKey(), shared.secretKey(), "worker-store-fault");
  }

  @AfterEach
  void calm() {
    proxy.calm();
  }

  @AfterAll
  void close() throws Exception {
    store.close().await(30, SECONDS);
    direct.close().await(30, SECONDS);
    vertx.close().await(30, SECONDS);
    proxy.close();
  }

  /** As in a process that has stored and fetched nothing yet. */
  private Artifacts artifacts() {
    return artifacts(store, new ArtifactCache(16 << 20));
  }

  private Artifacts artifacts(ArtifactStore through, ArtifactCache cache) {
    return new Artifacts(
        through,
        cache,
        new Retry(vertx, random, PATIENCE, DEADLINE),
        new WorkerMetrics(new SimpleMeterRegistry(), BundleId.parse("base@1"), trace -> {}));
  }

  private byte[] file() {
    byte[] bytes = new byte[FILE_BYTES];
    random.nextBytes(bytes);
    return bytes;
  }

  private String stored(Artifacts artifacts, byte[] bytes) throws TimeoutException {
    ArtifactKeys keys =
        ArtifactKeys.of("default", TaskId.parse("job" + tasks++ + ":base:0"), 1, "nonce");
    Encoded encoded = new Encoded(OUTPUT, "image.png", "image/png", bytes);
    return artifacts.store(keys, List.of(encoded), () -> true).await(30, SECONDS);
  }

  private static byte[] read(Artifacts artifacts, String manifest) throws TimeoutException {
    return artifacts.output(manifest, OUTPUT, () -> true).await(30, SECONDS).bytes();
  }

  /** What a store or the network may do to a request without anybody noticing in the end. */
  static Stream<Arguments> passing() {
    return Stream.of(
        Arguments.of("half refused", Rule.all(Dose.share(0.5), Mishap.slowDown())),
        Arguments.of("stored, answer lost", Rule.on("PUT", Dose.first(2), Mishap.replyLost())),
        Arguments.of(
            "reset in mid-upload", Rule.on("PUT", Dose.first(2), new Mishap.RequestCut(9999))),
        Arguments.of(
            "reset in mid-download", Rule.on("GET", Dose.first(2), new Mishap.ReplyCut(9999))),
        Arguments.of("looked at, answer lost", Rule.on("HEAD", Dose.first(1), Mishap.replyLost())),
        Arguments.of("stored twice", Rule.on("PUT", Dose.always(), new Mishap.Repeat())),
        Arguments.of("silence", Rule.all(Dose.only(1), new Mishap.Silence(true))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("passing")
  void passingFault_everythingStoredWholeAndReadBack(String name, Rule rule) throws Exception {
    byte[] bytes = file();
    long struck = proxy.struck();
    proxy.rules(rule);
    String manifest = stored(artifacts(), bytes);
    assertThat(read(artifacts(), manifest)).isEqualTo(bytes);
    assertThat(proxy.struck()).isGreaterThan(struck);
    proxy.calm();
    assertThat(read(artifacts(direct, new ArtifactCache(0)), manifest)).isEqualTo(bytes);
  }

  @Test
  void anyBitTurnedOverOnTheWay_neverUsedAndReadAgainNextTime() throws Exception {
    byte[] bytes = file();
    String manifest = stored(artifacts(), bytes);
    long struck = proxy.struck("GET");
    for (int i = 0; i < 10; i++) {
      Artifacts reader = artifacts();
      proxy.rules(Rule.on("GET", Dose.only(1 + i % 2), new Mishap.Spoil()));
      try {
        assertThat(read(reader, manifest)).isEqualTo(bytes);
      } catch (TransferException e) {
        assertThat(e).hasMessageContaining("job");
      }
      proxy.calm();
      assertThat(read(reader, manifest)).isEqualTo(bytes);
    }
    assertThat(proxy.struck("GET")).isEqualTo(struck + 10);
  }

  @Test
  void fileSpoiltOnTheWay_failsAndNamesTheDigest() throws Exception {
    String manifest = stored(artifacts(), file());
    proxy.rules(Rule.on("GET", Dose.only(2), new Mishap.Spoil()));
    assertThatThrownBy(() -> read(artifacts(), manifest))
        .isInstanceOf(TransferException.class)
        .hasMessageContaining("SHA-256");
  }

  @Test
  void storeSilentOrTooSlow_eachCallEndsByItsDeadline() {
    for (Link link :
        List.of(Link.CLEAR.withSilence(Link.Silence.BOTH), Link.CLEAR.withBytesPerSecond(10_000))) {
      proxy.link(link);
      long start = System.nanoTime();
      assertThatThrownBy(() -> store.put("slow", file(), "image/png").await(30, SECONDS))
          .isInstanceOf(StoreUnavailableException.class);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(DEADLINE.multipliedBy(2));
      proxy.calm();
    }
  }

  @Test
  void uploadBrokenOff_nobodySeesAPart() throws Exception {
    proxy.rules(Rule.on("PUT", Dose.always(), new Mishap.RequestCut(FILE_BYTES / 2)));
    assertThatThrownBy(() -> store.put("part", file(), "image/png").await(30, SECONDS))
        .isInstanceOf(StoreUnavailableException.class);
    assertThat(direct.list("part", 10).await(30, SECONDS)).isEmpty();
  }
}
