package dev.cascadefarm.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.standalone.client.OperatorClient;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code farm dead}: tasks that will not be tried again. */
@Command(
    mixinStandardHelpOptions = true,
    name = "dead",
    description = "List the tasks that will not be tried again, or take them up.")
final class DeadCommand implements Callable<Integer> {
  private static final int TASKS_PER_CALL = 100;

  private final Console console;

  @Mixin private PageOptions page = new PageOptions();
  @Mixin private ServerOptions server = new ServerOptions();
  @Mixin private CommonOptions common = new CommonOptions();

  DeadCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() {
    return list(page, server, common);
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "list",
      description = "List dead tasks, the latest first.")
  int list(
      @Mixin PageOptions wanted, @Mixin ServerOptions where, @Mixin CommonOptions configuration) {
    return Connected.run(
        console,
        where,
        configuration,
        client -> print(client.operator().dead(wanted.cursor(), wanted.limit()).await()));
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "redrive",
      description = "Take up dead tasks, and the jobs that failed with them.")
  int redrive(
      @Parameters(paramLabel = "TASK", arity = "0..*", description = "tasks, as they are listed")
          List<String> tasks,
      @Option(names = "--all", description = "every dead task") boolean all,
      @Mixin ServerOptions where,
      @Mixin CommonOptions configuration) {
    List<String> named = tasks == null ? List.of() : tasks;
    if (all != named.isEmpty()) {
      throw new UsageException(
          "redrive: " + (all ? "tasks and --all" : "no tasks") + " (expected: TASK… or --all)");
    }
    return Connected.run(
        console,
        where,
        configuration,
        client -> all ? redriveAll(client.operator()) : redrive(client.operator(), named));
  }

  private int print(JsonNode found) {
    Table table = new Table(Set.of("TRIES"), "TASK", "TENANT", "KIND", "TRIES", "AT", "REASON");
    for (JsonNode task : found.path("tasks")) {
      table.add(
          task.path("task").asText(),
          task.path("tenant").asText(),
          task.path("kind").asText(),
          task.path("attempts").asInt(),
          task.path("at").asText(),
          task.path("reason").asText().replaceAll("\\s+", " "));
    }
    table.print(console.out());
    if (found.hasNonNull("next")) {
      console.err().println("more: --cursor " + found.path("next").asText());
    }
    return ExitCode.DONE;
  }

  private int redrive(OperatorClient operator, List<String> tasks) {
    int code = ExitCode.DONE;
    for (int from = 0; from < tasks.size(); from += TASKS_PER_CALL) {
      int to = Math.min(tasks.size(), from + TASKS_PER_CALL);
      code = Math.max(code, told(operator.redrive(tasks.subList(from, to)).await()));
    }
    return code;
  }

  private int redriveAll(OperatorClient operator) {
    JsonNode answer = operator.redriveAll("").await();
    int code = told(answer);
    while (answer.hasNonNull("next")) {
      answer = operator.redriveAll(answer.path("next").asText()).await();
      code = Math.max(code, told(answer));
    }
    return code;
  }

  private int told(JsonNode answer) {
    answer.path("redriven").forEach(task -> console.out().println(task.asText()));
    for (JsonNode refused : answer.path("refused")) {
      console
          .err()
          .println(
              "farm: " + refused.path("task").asText() + ": " + refused.path("reason").asText());
    }
    return answer.path("refused").isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
  }
}
