package dev.cascadefarm.e2e.farm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.e2e.client.PlainClient;
import dev.cascadefarm.e2e.process.Eventually;
import dev.cascadefarm.e2e.process.FarmHost;
import dev.cascadefarm.e2e.process.FarmProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sample whose worker process ends goes on in another, to the same bytes. */
@Tag("e2e")
class ResumeTest {
  private static final Duration WORK = Duration.ofMinutes(3);
  private static final Duration DRAIN = Duration.ofSeconds(5);
  private static final String BODY = Jobs.tiny("a red circle", 7, Jobs.LONG_STEPS);

  private FarmHost host;
  private SeparateProcesses farm;
  private PlainClient client;
  private FarmProcess worker;

  @BeforeEach
  void open(@TempDir Path folder) {
    host = FarmHost.on(folder);
    host.set("FARM_QUEUE_LEASE", "3s").set("FARM_QUEUE_KILL", "1s");
  }

  @AfterEach
  void stop() {
    host.close();
  }

  @Test
  void worker_killedMidway_anotherGoesOnAtItsLastCheckpoint() {
    host.set("FARM_WORKER_CHECKPOINT_ROWS", "20");
    start();
    String job = client.submit(BODY);
    awaitRow(job, 200);

    worker.kill();

    assertGoesOn(job);
  }

  @Test
  void worker_sigterm_anotherGoesOnWhereItStopped() {
    start();
    String job = client.submit(BODY);
    awaitRow(job, 200);

    long before = System.nanoTime();
    worker.terminate();
    worker.exit(DRAIN);
    System.err.printf("drained in %.2f s%n", (System.nanoTime() - before) / 1e9);

    assertGoesOn(job);
  }

  private void start() {
    farm = new SeparateProcesses(host);
    FarmProcess coordinator = farm.start("coordinator");
    farm.ready(coordinator);
    worker = farm.start("worker-base");
    farm.ready(worker, farm.start("worker-text"), farm.start("worker-sr64"));
    client = farm.client(coordinator);
  }

  private void awaitRow(String job, int row) {
    Eventually.holds(
        "row " + row,
        WORK,
        () -> base(client.get("/v1/jobs/" + job)).path("steps_done").asInt() >= row,
        host::describe);
  }

  private static JsonNode base(JsonNode job) {
    for (JsonNode stage : job.path("stages")) {
      if (stage.path("name").asText().equals("base")) {
        return stage;
      }
    }
    throw new AssertionError("no stage base in " + job);
  }

  /** At the same row or later than was seen, and with the picture that nobody disturbed. */
  private void assertGoesOn(String job) {
    farm.ready(farm.start("worker-base"));
    assertThat(client.ended(job, WORK).path("status").asText()).isEqualTo("succeeded");
    History.check(client.events(job), 1);
    List<JsonNode> events = client.events(job);
    List<Integer> rows =
        events.stream()
            .filter(event -> event.path("type").asText().equals("task.started"))
            .filter(event -> event.path("stage").asText().equals("base"))
            .map(event -> event.path("data").path("row").asInt())
            .toList();
    assertThat(rows).hasSize(2).startsWith(0);
    assertThat(rows.get(1)).isBetween(150, Jobs.LONG_STEPS - 1);
    assertThat(events).noneMatch(event -> event.path("type").asText().equals("task.restarted"));
    String again = client.submit(BODY);
    assertThat(client.ended(again, WORK).path("status").asText()).isEqualTo("succeeded");
    assertThat(picture(job)).isEqualTo(picture(again));
    assertThat(client.bytes("/v1/jobs/" + job + "/images/0?stage=base"))
        .isEqualTo(client.bytes("/v1/jobs/" + again + "/images/0?stage=base"));
  }

  private byte[] picture(String job) {
    return client.bytes("/v1/jobs/" + job + "/images/0");
  }
}
