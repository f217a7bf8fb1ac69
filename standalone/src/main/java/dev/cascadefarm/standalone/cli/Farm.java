package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.process.Leftovers;
import java.time.InstantSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code farm} command. */
@Command(
    name = "farm",
    description = "A render farm for cascaded text-to-image diffusion models.",
    mixinStandardHelpOptions = true,
    version = "Cascade Farm 0.1.0")
public final class Farm implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  private Farm() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true"); // pictures are drawn, no window ever is
    Leftovers.remove();
    System.exit(run(Console.ofProcess(), arguments));
  }

  /** Runs one command; answers its exit code. */
  static int run(Console console, String... arguments) {
    Failures failures = new Failures(console);
    CommandLine line =
        new CommandLine(new Farm())
            .addSubcommand(new RenderCommand(console))
            .addSubcommand(new VaryCommand(console))
            .addSubcommand(new BlendCommand(console))
            .addSubcommand(new ServeCommand(console))
            .addSubcommand(new ServicesCommand(console))
            .addSubcommand(new CoordinatorCommand(console))
            .addSubcommand(new WorkerCommand(console))
            .addSubcommand(new JobsCommand(console))
            .addSubcommand(new AuditCommand(console))
            .addSubcommand(new DeadCommand(console))
            .addSubcommand(new FleetCommand(console, InstantSource.system()))
            .addSubcommand(new PauseCommand(console))
            .addSubcommand(new ResumeCommand(console))
            .addSubcommand(new TrainCommand(console))
            .addSubcommand(new ScenesCommand(console))
            .addSubcommand(new ScoreCommand(console))
            .addSubcommand(new ImportCommand(console))
            .addSubcommand(new MinImagenCommand(console));
    return line.setOut(console.outWriter())
        .setErr(console.errWriter())
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .execute(arguments);
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "no command given (expected: one of " + names() + ")");
  }

  private String names() {
    return String.join(", ", spec.subcommands().keySet());
  }
}
