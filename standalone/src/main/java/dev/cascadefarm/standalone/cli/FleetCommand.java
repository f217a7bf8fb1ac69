package dev.cascadefarm.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.standalone.client.FarmClient;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code farm fleet}: stages and the workers that serve them. */
@Command(
    mixinStandardHelpOptions = true,
    name = "fleet",
    description = "Show the stages of a running farm, what waits there, and their workers.")
final class FleetCommand implements Callable<Integer> {
  private static final Set<String> NUMBERS =
      Set.of("READY", "WORK", "RUNNING", "DELAYED", "MOST", "BUSY", "SEEN");

  private final Console console;
  private final InstantSource clock;

  @Mixin private ServerOptions server = new ServerOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  FleetCommand(Console console, InstantSource clock) {
    this.console = console;
    this.clock = clock;
  }

  @Override
  public Integer call() {
    return Connected.run(console, server, common, this::show);
  }

  private int show(FarmClient client) {
    JsonNode stages = client.operator().stages().await().path("stages");
    JsonNode workers = client.operator().workers().await().path("workers");
    Table table =
        new Table(
            NUMBERS, "STAGE", "STATE", "READY", "WORK", "RUNNING", "DELAYED", "MOST", "WORKER",
            "DEVICE", "BUSY", "SEEN");
    for (JsonNode stage : stages) {
      addStage(table, stage, workersOf(workers, stage.path("bundle").asText()));
    }
    table.print(console.out());
    stages.forEach(this::remark);
    client.operator().tenants().await().path("tenants").forEach(this::remarkOnTenant);
    return ExitCode.DONE;
  }

  private static List<JsonNode> workersOf(JsonNode workers, String bundle) {
    List<JsonNode> own = new ArrayList<>();
    for (JsonNode worker : workers) {
      if (worker.path("bundle").asText().equals(bundle)) {
        own.add(worker);
      }
    }
    return own;
  }

  /** A line for the stage and its first worker, one more for each further worker. */
  private void addStage(Table table, JsonNode stage, List<JsonNode> workers) {
    long ready = 0;
    for (JsonNode tasks : stage.path("ready")) {
      ready += tasks.asLong();
    }
    String[] first = workers.isEmpty() ? new String[] {"none", "", "", ""} : shown(workers.get(0));
    table.add(
        stage.path("bundle").asText(),
        state(stage),
        ready,
        work(ready, stage.path("seconds_per_task")),
        stage.path("running").asLong(),
        stage.path("delayed").asLong(),
        stage.path("most").asText("-"),
        first[0],
        first[1],
        first[2],
        first[3]);
    workers.stream()
        .skip(1)
        .map(this::shown)
        .forEach(more -> table.add("", "", "", "", "", "", "", more[0], more[1], more[2], more[3]));
  }

  /** How long one device would be busy with what waits, as {@code 1h2m3s}. */
  private static String work(long ready, JsonNode secondsPerTask) {
    if (secondsPerTask.isMissingNode()) {
      return "-";
    }
    Duration time = Duration.ofSeconds(Math.round(ready * secondsPerTask.asDouble()));
    return time.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }

  private static String state(JsonNode stage) {
    String state = stage.has("broken_since") ? "broken" : "open";
    return stage.has("paused") ? "paused" : state;
  }

  private String[] shown(JsonNode worker) {
    Duration silence =
        Duration.between(Instant.parse(worker.path("last_seen").asText()), clock.instant());
    return new String[] {
      worker.path("host").asText() + ":" + worker.path("pid").asText(),
      worker.path("device").asText(),
      worker.path("busy").asText() + "/" + worker.path("slots").asText(),
      Math.max(0, silence.toSeconds()) + "s"
    };
  }

  private void remarkOnTenant(JsonNode tenant) {
    if (tenant.has("paused")) {
      String name = tenant.path("name").asText();
      console.out().println("tenant " + name + " is paused: " + tenant.path("paused").asText());
    }
  }

  private void remark(JsonNode stage) {
    String bundle = stage.path("bundle").asText();
    if (stage.has("paused")) {
      console.out().println(bundle + " is paused: " + stage.path("paused").asText());
    }
    if (stage.has("broken_since")) {
      console
          .out()
          .println(
              bundle
                  + " is broken since "
                  + stage.path("broken_since").asText()
                  + ": one task at a time is tried");
    }
  }
}
