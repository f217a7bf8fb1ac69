package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.queue.TenantLimits;
import dev.cascadefarm.coordinator.HostileRequests.Hostile;
import dev.cascadefarm.coordinator.access.Role;
import dev.cascadefarm.coordinator.contract.ApiContract;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Hostile input at every door of a coordinator for some seconds, or as long as {@code
 * -Dfarm.fuzz.time=PT30M} says; {@code -Dfarm.fuzz.seed} repeats what was said in which order.
 */
@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class FuzzTest {
  private static final Duration TIME = Duration.parse(System.getProperty("farm.fuzz.time", "PT8S"));
  private static final long SEED = Long.getLong("farm.fuzz.seed", System.nanoTime());
  private static final String SECRET = "what only globex may read";

  /** What is answered to heads that are too long to become a request. */
  private static final Set<Integer> NO_REQUEST = Set.of(414, 431);

  private static final long HEAP_GROWTH = 64L << 20;
  private static final int CHECK_EVERY = 500;
  private static final int RAW_EVERY = 10;

  private final SplittableRandom random = new SplittableRandom(SEED);
  private Tenants tenants;
  private HostileRequests requests;
  private HostileBytes bytes;

  @BeforeEach
  void start(TestRedis redis, TestStore store) throws IOException {
    redis.flush();
    TenantLimits limits = new TenantLimits(1, 8, 20_000, null);
    tenants = Tenants.start(redis.url(), store, Map.of("acme", limits, "globex", limits));
    String own = tenants.job("acme");
    String dead = tenants.kill(TestCatalogue.TEXT);
    String foreign =
        tenants
            .submit("globex", CoordinatorFixture.minimal().put("prompt", SECRET))
            .bodyAsJsonObject()
            .getString("id");
    String foreignPicture =
        tenants
            .send(HttpMethod.POST, "/v1/uploads", Tenants.token("globex", Role.SUBMIT), picture(64))
            .bodyAsJsonObject()
            .getString("id");
    List<String> ids =
        List.of(own, foreign, foreignPicture, dead, "tiny-text@1", "acme", "globex", "0", "job");
    ApiContract contract = await(ApiContract.load(tenants.farm.vertx));
    requests = new HostileRequests(random, contract.parsed().operations(), ids, picture(32));
    bytes =
        new HostileBytes(
            random,
            tenants.farm.port(),
            "/v1/jobs/" + own + "/events",
            Tenants.token("acme", Role.WATCH));
  }

  @AfterEach
  void stop() {
    tenants.close();
  }

  private static byte[] picture(int side) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB), "png", png);
    return png.toByteArray();
  }

  @Test
  void everyDoor_hostileInput_isRefusedAndNothingElseChanges() throws IOException {
    System.out.printf("fuzz · seed %d · %s%n", SEED, TIME);
    long end = System.nanoTime() + TIME.toNanos();
    long heap = 0;
    int said = 0;
    for (; said < 2 * CHECK_EVERY || System.nanoTime() < end; said++) {
      if (said % RAW_EVERY == 0) {
        sayRaw();
      } else {
        ask(requests.next());
      }
      if (said % CHECK_EVERY == 0) {
        assertServing();
        heap = said == CHECK_EVERY ? usedHeap() : heap;
      }
    }
    assertServing();
    assertThat(usedHeap() - heap).as("growth of the heap, bytes").isLessThan(HEAP_GROWTH);
    System.out.printf("fuzz · seed %d · %d inputs%n", SEED, said);
  }

  private void sayRaw() throws IOException {
    byte[] said = bytes.next();
    String heard = bytes.exchange(said);
    assertThat(heard).as("answer to %d raw bytes", said.length).doesNotContain(SECRET);
    assertThat(heard).as("answer to %d raw bytes", said.length).doesNotMatch("(?s)HTTP/1.1 5.*");
  }

  private void ask(Hostile hostile) {
    HttpRequest<Buffer> request =
        tenants.farm.request(hostile.method(), hostile.uri()).timeout(20_000);
    hostile.headers().forEach(request::putHeader);
    HttpResponse<Buffer> answer =
        await(hostile.body() == null ? request.send() : request.sendBuffer(hostile.body()));
    String body = answer.body() == null ? "" : answer.bodyAsString();
    String type = String.valueOf(answer.getHeader("Content-Type"));
    assertThat(complaint(answer.statusCode(), type, body)).as("answer to %s", hostile).isEmpty();
  }

  /** What is wrong with an answer, if anything is. */
  private static Optional<String> complaint(int status, String type, String body) {
    boolean problem = type.equals("application/problem+json");
    if (status >= 500) {
      return Optional.of(status + " " + body);
    } else if (body.contains(SECRET)) {
      return Optional.of("another tenant's words: " + body);
    } else if (status >= 400 && !problem && !NO_REQUEST.contains(status)) {
      return Optional.of(status + " as " + type + ": " + body);
    } else if (problem && (body.contains("Exception") || body.contains("\\tat "))) {
      return Optional.of("a trace: " + body);
    }
    return Optional.empty();
  }

  @Test
  void complaint_answersThatMustNotBe_isMade() {
    String problem = "application/problem+json";
    assertThat(complaint(500, problem, "{}")).isPresent();
    assertThat(complaint(200, "application/json", "{\"prompt\":\"" + SECRET + "\"}")).isPresent();
    assertThat(complaint(404, "text/html", "<h1>Not found</h1>")).isPresent();
    assertThat(complaint(400, problem, "java.lang.IllegalStateException: x")).isPresent();
    assertThat(complaint(404, problem, "{\"status\":404}")).isEmpty();
  }

  private void assertServing() {
    assertThat(tenants.farm.get("/readyz").statusCode()).isEqualTo(200);
    assertThat(tenants.farm.get("/healthz").statusCode()).isEqualTo(200);
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
