package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.FarmSettings;
import dev.cascadefarm.standalone.config.QueueSettings;
import dev.cascadefarm.standalone.config.Setting;
import dev.cascadefarm.standalone.config.StoreSettings;
import dev.cascadefarm.standalone.process.LocalServices;
import dev.cascadefarm.standalone.process.UntilStopped;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code farm services}: Redis and the store alone, for processes started by hand. */
@Command(
    mixinStandardHelpOptions = true,
    name = "services",
    description =
        "Run the embedded Redis and S3 store until stopped; prints the environment that the other"
            + " processes need.")
final class ServicesCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "folder that keeps everything (default: farm-data)")
  private @Nullable String data;

  @Option(names = "--redis-port", paramLabel = "P", description = "port of Redis (default: free)")
  private @Nullable String redisPort;

  @Option(names = "--s3-port", paramLabel = "P", description = "port of the store (default: free)")
  private @Nullable String storePort;

  @Mixin private final CommonOptions common = new CommonOptions();

  private final Console console;

  ServicesCommand(Console console) {
    this.console = console;
  }

  @Override
  public Integer call() throws InterruptedException {
    CommonOptions.Flags flags =
        new CommonOptions.Flags()
            .put(FarmSettings.DATA, data)
            .put(QueueSettings.REDIS_PORT, redisPort)
            .put(StoreSettings.PORT, storePort);
    FarmConfig config = common.load(console, flags, "info");
    UntilStopped.run(
        () ->
            LocalServices.start(
                config.get(FarmSettings.DATA),
                config.get(QueueSettings.REDIS_PORT),
                config.get(StoreSettings.PORT)),
        services -> announce(services, config));
    return ExitCode.DONE;
  }

  private void announce(LocalServices services, FarmConfig config) {
    services.addresses().forEach((setting, value) -> print(setting, value));
    print(StoreSettings.BUCKET, config.get(StoreSettings.BUCKET));
    console.out().flush();
  }

  private void print(Setting<?> setting, String value) {
    console.out().println("export " + setting.variable() + "='" + value + "'");
  }
}
