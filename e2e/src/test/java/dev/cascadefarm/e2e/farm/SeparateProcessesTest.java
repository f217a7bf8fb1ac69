package dev.cascadefarm.e2e.farm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.e2e.client.PlainClient;
import dev.cascadefarm.e2e.client.Watcher;
import dev.cascadefarm.e2e.process.Eventually;
import dev.cascadefarm.e2e.process.FarmHost;
import dev.cascadefarm.e2e.process.FarmProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A farm of separate processes, some of which end while they are needed. */
@Tag("e2e")
class SeparateProcessesTest {
  private static final int JOBS = 60;
  private static final Duration WORK = Duration.ofMinutes(3);
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final Duration QUICK = Duration.ofSeconds(30);

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
  void sixtyJobs_workerAndCoordinatorKilledMidway_eachEndsOnceAndNoEventIsLost() throws Exception {
    host.set("FARM_QUEUE_LEASE", "3s").set("FARM_QUEUE_KILL", "1s");
    SeparateProcesses farm = new SeparateProcesses(host);
    FarmProcess doomedCoordinator = farm.start("coordinator");
    FarmProcess coordinator = farm.start("coordinator");
    farm.ready(doomedCoordinator, coordinator);
    FarmProcess doomedWorker = farm.start("worker-base");
    FarmProcess worker = farm.start("worker-base");
    farm.ready(doomedWorker, worker, farm.start("worker-text"), farm.start("worker-sr64"));
    PlainClient client = farm.client(doomedCoordinator, coordinator);

    Map<String, Watcher> watchers = submit(client);
    awaitSomeDone(watchers, JOBS / 4);
    awaitBusy(client, doomedWorker);
    doomedWorker.kill();
    doomedCoordinator.kill();
    assertThat(done(watchers)).as("jobs done when the processes were killed").isLessThan(JOBS);

    for (Map.Entry<String, Watcher> each : watchers.entrySet()) {
      try (Watcher watcher = each.getValue()) {
        assertThat(watcher.closeCode(WORK)).isEqualTo(1000);
        assertThat(client.get("/v1/jobs/" + each.getKey()).path("status").asText())
            .isEqualTo("succeeded");
        witness(watcher, client.events(each.getKey()));
      }
    }
    assertThat(watchers.values().stream().mapToLong(w -> w.count("task.retried")).sum())
        .as("tasks that were taken from the killed worker")
        .isPositive();
  }

  @Test
  void worker_sigterm_givesItsTaskBackWithinFiveSeconds() {
    SeparateProcesses farm = new SeparateProcesses(host);
    FarmProcess coordinator = farm.start("coordinator");
    farm.ready(coordinator);
    FarmProcess leaving = farm.start("worker-base");
    farm.ready(leaving, farm.start("worker-text"), farm.start("worker-sr64"));
    PlainClient client = farm.client(coordinator);
    String job = client.submit(Jobs.tiny("a red circle", 7, Jobs.LONG_STEPS));
    awaitBusy(client, leaving);

    leaving.terminate();
    leaving.exit(DRAIN);
    assertThat(task(client, job, "base").path("status").asText()).isEqualTo("ready");
    assertThat(client.events(job))
        .filteredOn(event -> event.path("type").asText().equals("task.retried"))
        .hasSize(1)
        .allMatch(event -> event.path("data").path("kind").asText().equals("released"));
    assertThat(client.get("/v1/workers").path("workers"))
        .noneMatch(each -> each.path("pid").asLong() == leaving.pid());

    farm.ready(farm.start("worker-base"));
    assertThat(client.ended(job, WORK).path("status").asText()).isEqualTo("succeeded");
    History.check(client.events(job), 1);
  }

  private static Map<String, Watcher> submit(PlainClient client) {
    Map<String, Watcher> watchers = new LinkedHashMap<>();
    for (int seed = 0; seed < JOBS; seed++) {
      String job = client.submit(Jobs.tiny("a large green ring", seed, 60));
      watchers.put(job, client.watch(job));
    }
    return watchers;
  }

  private void awaitSomeDone(Map<String, Watcher> watchers, int count) {
    Eventually.holds(count + " jobs done", WORK, () -> done(watchers) >= count, host::describe);
  }

  private static long done(Map<String, Watcher> watchers) {
    return watchers.values().stream().filter(w -> !w.terminals().isEmpty()).count();
  }

  private void awaitBusy(PlainClient client, FarmProcess worker) {
    Eventually.holds(
        "work at process " + worker.pid(),
        QUICK,
        () -> busy(client.get("/v1/workers").path("workers"), worker.pid()),
        host::describe);
  }

  private static boolean busy(JsonNode workers, long pid) {
    for (JsonNode worker : workers) {
      if (worker.path("pid").asLong() == pid && worker.path("busy").asInt() > 0) {
        return true;
      }
    }
    return false;
  }

  private static JsonNode task(PlainClient client, String job, String stage) {
    for (JsonNode each : client.get("/v1/jobs/" + job).path("stages")) {
      if (each.path("name").asText().equals(stage)) {
        return each.path("tasks").path(0);
      }
    }
    throw new AssertionError("no stage " + stage + " in job " + job);
  }

  private static void witness(Watcher watcher, List<JsonNode> log) {
    assertThat(watcher.numbers()).isEqualTo(LongStream.rangeClosed(1, log.size()).boxed().toList());
    assertThat(watcher.terminals()).containsExactly("job.succeeded");
    History.check(log, 1);
  }
}
