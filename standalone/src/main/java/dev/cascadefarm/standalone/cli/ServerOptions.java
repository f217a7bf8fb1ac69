package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.client.FarmServers;
import dev.cascadefarm.standalone.client.Patience;
import dev.cascadefarm.standalone.config.ApiSettings;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.FarmSettings;
import dev.cascadefarm.standalone.process.EmbeddedFarm;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which farm a command talks to; filled by picocli. */
final class ServerOptions {
  @Option(
      names = "--server",
      paramLabel = "URL[,URL]",
      description = "coordinators of a running farm; another one is tried when one fails")
  private @Nullable String server;

  CommonOptions.Flags flags() {
    return new CommonOptions.Flags().put(FarmSettings.SERVER, server);
  }

  /** How to reach the farm, or empty if none was named. */
  static Optional<FarmClient.Access> access(FarmConfig config) {
    return config
        .find(FarmSettings.SERVER)
        .map(
            text ->
                new FarmClient.Access(
                    servers(text), config.find(ApiSettings.TOKEN).orElse(null), Patience.DEFAULT));
  }

  /** How to reach a farm in this process. */
  static FarmClient.Access access(EmbeddedFarm farm) {
    return new FarmClient.Access(
        new FarmServers(List.of(farm.address())),
        farm.config().find(ApiSettings.TOKEN).orElse(null),
        Patience.DEFAULT);
  }

  /** How to reach the farm that was named. */
  static FarmClient.Access required(FarmConfig config) {
    return access(config)
        .orElseThrow(
            () ->
                new UsageException(
                    "--server: not given (expected: http://HOST:PORT of a running farm, as"
                        + " --server, FARM_SERVER or in farm.yaml)"));
  }

  private static FarmServers servers(String text) {
    try {
      return FarmServers.parse(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--" + e.getMessage(), e);
    }
  }
}
