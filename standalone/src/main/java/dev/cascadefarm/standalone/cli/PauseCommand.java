package dev.cascadefarm.standalone.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code farm pause}: stages and tenants whose tasks are not to be claimed. */
@Command(
    mixinStandardHelpOptions = true,
    name = "pause",
    description = "Keep the tasks of a stage or a tenant from being claimed; what runs goes on.")
final class PauseCommand implements Runnable {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  PauseCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "pause: nothing given (expected: stage or tenant)");
  }

  @Command(mixinStandardHelpOptions = true, name = "stage", description = "Pause a stage.")
  int stage(
      @Parameters(paramLabel = "BUNDLE", description = "the stage's bundle, NAME@VERSION")
          String bundle,
      @Option(
              names = "--reason",
              required = true,
              paramLabel = "TEXT",
              description = "why, for those who look at the farm")
          String reason,
      @Mixin ServerOptions server,
      @Mixin CommonOptions common) {
    return Connected.run(
        console,
        server,
        common,
        client -> {
          client.operator().pauseStage(bundle, reason).await();
          console.out().println(bundle + ": paused");
          return ExitCode.DONE;
        });
  }

  @Command(mixinStandardHelpOptions = true, name = "tenant", description = "Pause a tenant.")
  int tenant(
      @Parameters(paramLabel = "NAME", description = "the tenant's name") String tenant,
      @Option(
              names = "--reason",
              required = true,
              paramLabel = "TEXT",
              description = "why, for those who look at the farm")
          String reason,
      @Mixin ServerOptions server,
      @Mixin CommonOptions common) {
    return Connected.run(
        console,
        server,
        common,
        client -> {
          client.operator().pauseTenant(tenant, reason).await();
          console.out().println(tenant + ": paused");
          return ExitCode.DONE;
        });
  }
}
