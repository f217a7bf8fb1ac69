package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.WorkerSettings;
import dev.cascadefarm.standalone.process.UntilStopped;
import dev.cascadefarm.standalone.process.WorkerProcess;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code farm worker}: one worker of a farm of several processes. */
@Command(
    mixinStandardHelpOptions = true,
    name = "worker",
    description = "Run one worker until stopped; prints its stage once it takes work.")
final class WorkerCommand implements Callable<Integer> {
  @Option(names = "--stage", paramLabel = "CASCADE/STAGE", description = "the stage to serve")
  private @Nullable String stage;

  @Option(names = "--slots", paramLabel = "N", description = "running batch (default: 4)")
  private @Nullable String slots;

  @Option(names = "--device", paramLabel = "DEVICE", description = "cpu or cuda:N (default: cpu)")
  private @Nullable String device;

  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  WorkerCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    CommonOptions.Flags flags =
        new CommonOptions.Flags()
            .put(WorkerSettings.STAGE, stage)
            .put(WorkerSettings.SLOTS, slots)
            .put(WorkerSettings.DEVICE, device);
    FarmConfig config = common.load(console, flags, "info");
    UntilStopped.run(
        () -> WorkerProcess.start(config),
        worker -> console.announce(config.get(WorkerSettings.STAGE)));
    return ExitCode.DONE;
  }
}
