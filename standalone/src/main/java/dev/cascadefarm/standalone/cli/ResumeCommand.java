package dev.cascadefarm.standalone.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code farm resume}: the end of a pause. */
@Command(
    mixinStandardHelpOptions = true,
    name = "resume",
    description = "Let the tasks of a stage or a tenant be claimed again.")
final class ResumeCommand implements Runnable {
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  ResumeCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "resume: nothing given (expected: stage or tenant)");
  }

  @Command(mixinStandardHelpOptions = true, name = "stage", description = "Resume a stage.")
  int stage(
      @Parameters(paramLabel = "BUNDLE", description = "the stage's bundle, NAME@VERSION")
          String bundle,
      @Mixin ServerOptions server,
      @Mixin CommonOptions common) {
    return Connected.run(
        console,
        server,
        common,
        client -> {
          client.operator().resumeStage(bundle).await();
          console.out().println(bundle + ": resumed");
          return ExitCode.DONE;
        });
  }

  @Command(mixinStandardHelpOptions = true, name = "tenant", description = "Resume a tenant.")
  int tenant(
      @Parameters(paramLabel = "NAME", description = "the tenant's name") String tenant,
      @Mixin ServerOptions server,
      @Mixin CommonOptions common) {
    return Connected.run(
        console,
        server,
        common,
        client -> {
          client.operator().resumeTenant(tenant).await();
          console.out().println(tenant + ": resumed");
          return ExitCode.DONE;
        });
  }
}
