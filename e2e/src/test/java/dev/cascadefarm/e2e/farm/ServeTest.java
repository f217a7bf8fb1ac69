package dev.cascadefarm.e2e.farm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.e2e.client.PlainClient;
import dev.cascadefarm.e2e.client.Watcher;
import dev.cascadefarm.e2e.process.Eventually;
import dev.cascadefarm.e2e.process.FarmHost;
import dev.cascadefarm.e2e.process.FarmProcess;
import dev.cascadefarm.e2e.process.Redises;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code farm serve}: the whole farm in one process, killed and started again. */
@Tag("e2e")
class ServeTest {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration JOB = Duration.ofMinutes(2);

  private FarmHost host;

  @BeforeEach
  void start(@TempDir Path folder) {
    host = FarmHost.on(folder).set("FARM_QUEUE_LEASE", "2s").set("FARM_QUEUE_KILL", "500ms");
  }

  @AfterEach
  void stop() {
    host.close();
  }

  @Test
  void serve_killedMidway_nextStartStopsItsRedisAndFinishesTheJob() {
    FarmProcess first = serve("first");
    PlainClient client = client(first);
    String job = client.submit(Jobs.tiny("a red circle", 7, Jobs.LONG_STEPS));
    try (Watcher watcher = client.watch(job)) {
      Eventually.holds(
          "a step of the base stage",
          JOB,
          () -> watcher.heard().stream().anyMatch(ServeTest::aStepOfBase),
          host::describe);
    }
    List<ProcessHandle> redis = Redises.of(host.folder());
    first.kill();
    assertThat(redis).hasSize(1).allMatch(ProcessHandle::isAlive, "outlives its farm");

    FarmProcess second = serve("second");
    assertThat(Redises.of(host.folder())).hasSize(1).doesNotContainAnyElementsOf(redis);
    JsonNode ended = client(second).ended(job, JOB);
    assertThat(ended.path("status").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
    History.check(client(second).events(job), 1);
  }

  @Test
  void serve_directoryInUse_isRefusedWithItsHolder() {
    FarmProcess first = serve("first");
    FarmProcess second = host.farm("second", "serve", "--port", "0", "--data", "data");
    assertThat(second.exit(START)).isEqualTo(1);
    assertThat(second.out()).isEmpty();
    assertThat(second.err())
        .contains("farm: data directory", "in use by process " + first.pid(), "(expected: ");
    assertThat(first.alive()).isTrue();
  }

  @Test
  void sameSeed_aloneAndWithThreeOtherJobs_isTheSamePicture() {
    FarmProcess farm = serve("farm");
    PlainClient client = client(farm);
    byte[] alone = picture(client, client.submit(Jobs.tiny("a red circle", 7, 40)));
    List<String> others = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      others.add(client.submit(Jobs.tiny("a large blue square", 100 + i, Jobs.LONG_STEPS)));
    }
    Eventually.holds(
        "three jobs that run",
        JOB,
        () -> others.stream().allMatch(job -> status(client, job).equals("running")),
        host::describe);
    byte[] inCompany = picture(client, client.submit(Jobs.tiny("a red circle", 7, 40)));
    assertThat(others).allMatch(job -> status(client, job).equals("running"), "keeps running");
    byte[] another = picture(client, client.submit(Jobs.tiny("a red circle", 8, 40)));
    assertThat(inCompany).isEqualTo(alone);
    assertThat(another).isNotEqualTo(alone);
  }

  private static boolean aStepOfBase(JsonNode event) {
    return event.path("type").asText().equals("task.progress")
        && event.path("stage").asText().equals("base");
  }

  private static byte[] picture(PlainClient client, String job) {
    JsonNode ended = client.ended(job, JOB);
    assertThat(ended.path("status").asText()).as(ended.toPrettyString()).isEqualTo("succeeded");
    return client.bytes("/v1/jobs/" + job + "/images/0");
  }

  private static String status(PlainClient client, String job) {
    return client.get("/v1/jobs/" + job).path("status").asText();
  }

  private FarmProcess serve(String name) {
    FarmProcess process = host.farm(name, "serve", "--port", "0", "--data", "data");
    process.ready(START);
    return process;
  }

  private PlainClient client(FarmProcess farm) {
    return new PlainClient(host.get("FARM_API_TOKEN"), List.of(URI.create(farm.out().strip())));
  }
}
