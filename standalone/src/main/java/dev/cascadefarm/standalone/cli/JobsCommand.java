package dev.cascadefarm.standalone.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.progress.ProgressDisplay;
import dev.cascadefarm.standalone.render.JobView;
import dev.cascadefarm.standalone.render.JobWatch;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code farm jobs}: the jobs of a running farm. */
@Command(
    mixinStandardHelpOptions = true,
    name = "jobs",
    description = "List, show, watch or cancel the jobs of a running farm.")
final class JobsCommand implements Runnable {
  private static final int PROMPT_WIDTH = 60;

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  JobsCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "jobs: no action given (expected: list, show, watch or cancel)");
  }

  @Command(mixinStandardHelpOptions = true, name = "list", description = "List jobs, newest first.")
  int list(
      @Option(names = "--limit", paramLabel = "N", description = "at most this many (default: 20)")
          Integer limit,
      @Option(names = "--cursor", paramLabel = "CURSOR", description = "go on after a page")
          String cursor,
      @Mixin ServerOptions server,
      @Mixin CommonOptions common) {
    int count = limit == null ? 20 : limit;
    String from = cursor == null ? "" : cursor;
    return Connected.run(
        console, server, common, client -> print(client.jobs(from, count).await()));
  }

  @Command(mixinStandardHelpOptions = true, name = "show", description = "Show one job, as JSON.")
  int show(
      @Parameters(paramLabel = "JOB", description = "the job's id") String job,
      @Mixin ServerOptions server,
      @Mixin CommonOptions common) {
    return Connected.run(
        console,
        server,
        common,
        client -> {
          console.out().println(client.job(job).await().toPrettyString());
          return ExitCode.DONE;
        });
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "watch",
      description = "Follow one job to its end; prints how it ended.")
  int watch(
      @Parameters(paramLabel = "JOB", description = "the job's id") String job,
      @Mixin ServerOptions server,
      @Mixin CommonOptions common) {
    return Connected.run(console, server, common, client -> watch(client, job));
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "cancel",
      description = "Ask for one job's end; prints its state.")
  int cancel(
      @Parameters(paramLabel = "JOB", description = "the job's id") String job,
      @Mixin ServerOptions server,
      @Mixin CommonOptions common) {
    return Connected.run(
        console,
        server,
        common,
        client -> {
          console.out().println(client.cancel(job).await().path("status").asText());
          return ExitCode.DONE;
        });
  }

  private int watch(FarmClient client, String job) {
    JobView ended;
    try (ProgressDisplay display = console.progress()) {
      ended = new JobWatch(client, display).follow(job);
    }
    console.out().println(ended.status());
    if (!ended.error().isEmpty()) {
      console.err().println("farm: " + ended.error());
    }
    return ended.succeeded() ? ExitCode.DONE : ExitCode.FAILED;
  }

  private int print(JsonNode page) {
    for (JsonNode job : page.path("jobs")) {
      console
          .out()
          .printf(
              Locale.ROOT,
              "%s  %-10s  %-20s  %2d  %s%n",
              job.path("id").asText(),
              job.path("status").asText(),
              job.path("cascade").asText(),
              job.path("n").asInt(),
              shorten(job.path("prompt").asText()));
    }
    if (page.hasNonNull("next")) {
      console.err().println("more: --cursor " + page.path("next").asText());
    }
    return ExitCode.DONE;
  }

  private static String shorten(String prompt) {
    String line = prompt.replaceAll("\\s+", " ");
    return line.length() <= PROMPT_WIDTH ? line : line.substring(0, PROMPT_WIDTH - 1) + "…";
  }
}
