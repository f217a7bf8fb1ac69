package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.config.ApiSettings;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.process.CoordinatorProcess;
import dev.cascadefarm.standalone.process.UntilStopped;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code farm coordinator}: one coordinator of a farm of several processes. */
@Command(
    mixinStandardHelpOptions = true,
    name = "coordinator",
    description = "Run one coordinator until stopped; prints its address.")
final class CoordinatorCommand implements Callable<Integer> {
  @Option(names = "--host", paramLabel = "HOST", description = "interface (default: 127.0.0.1)")
  private @Nullable String host;

  @Option(names = "--port", paramLabel = "P", description = "port (default: 8080; 0: a free one)")
  private @Nullable String port;

  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  CoordinatorCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    CommonOptions.Flags flags =
        new CommonOptions.Flags().put(ApiSettings.HOST, host).put(ApiSettings.PORT, port);
    FarmConfig config = common.load(console, flags, "info");
    UntilStopped.run(
        () -> CoordinatorProcess.start(config),
        coordinator -> console.announce(coordinator.address().toString()));
    return ExitCode.DONE;
  }
}
