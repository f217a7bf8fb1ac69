package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.config.ApiSettings;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.FarmSettings;
import dev.cascadefarm.standalone.process.EmbeddedFarm;
import dev.cascadefarm.standalone.process.UntilStopped;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code farm serve}: the whole farm in one process. */
@Command(
    mixinStandardHelpOptions = true,
    name = "serve",
    description = "Run the whole farm in one process until stopped; prints its address.")
final class ServeCommand implements Callable<Integer> {
  @Option(names = "--host", paramLabel = "HOST", description = "interface (default: 127.0.0.1)")
  private @Nullable String host;

  @Option(names = "--port", paramLabel = "P", description = "port (default: 8080; 0: a free one)")
  private @Nullable String port;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "folder that keeps everything (default: farm-data)")
  private @Nullable String data;

  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  ServeCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    CommonOptions.Flags flags =
        new CommonOptions.Flags()
            .put(ApiSettings.HOST, host)
            .put(ApiSettings.PORT, port)
            .put(FarmSettings.DATA, data);
    FarmConfig config = common.load(console, flags, "info");
    UntilStopped.run(
        () -> EmbeddedFarm.start(config), farm -> console.announce(farm.address().toString()));
    return ExitCode.DONE;
  }
}
