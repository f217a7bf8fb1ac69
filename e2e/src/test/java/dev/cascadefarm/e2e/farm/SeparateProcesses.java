package dev.cascadefarm.e2e.farm;

import dev.cascadefarm.e2e.client.PlainClient;
import dev.cascadefarm.e2e.deploy.ComposeFile;
import dev.cascadefarm.e2e.process.FarmHost;
import dev.cascadefarm.e2e.process.FarmProcess;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The services of {@code docker-compose.yml} without containers: their arguments and environment,
 * with the addresses of this machine and the cascade {@code tiny}.
 */
final class SeparateProcesses {
  private static final Duration START = Duration.ofMinutes(2);
  private static final Map<String, String> ANY =
      Map.of(
          "FARM_API_TOKEN", "to-be-replaced-by-the-host",
          "REDIS_PASSWORD", "none",
          "FARM_S3_ACCESS_KEY", "none",
          "FARM_S3_SECRET_KEY", "none");

  private final FarmHost host;
  private final Map<String, ComposeFile.Service> services = ComposeFile.read().farmServices();

  /** Starts Redis and the store, and addresses everything else at them. */
  SeparateProcesses(FarmHost host) {
    this.host = host;
    FarmProcess backing = host.farm("services", "services", "--data", "data");
    backing.line(START, line -> line.startsWith("export FARM_S3_BUCKET="));
    host.export(backing);
    host.set("FARM_API_PORT", "0");
    host.set("FARM_CLUSTER_HOST", "127.0.0.1").set("FARM_CLUSTER_MEMBERS", "127.0.0.1");
  }

  /** Starts a process of that service; does not wait for it. */
  FarmProcess start(String service) {
    ComposeFile.Service described = services.get(service);
    Map<String, String> environment = new TreeMap<>(described.environment(ANY));
    environment.keySet().removeAll(host.environment().keySet());
    List<String> arguments =
        described.command().stream().map(word -> word.replace("scenes/", "tiny/")).toList();
    return host.farm(service, environment, arguments);
  }

  /** Waits until the processes take work. */
  void ready(FarmProcess... processes) {
    for (FarmProcess process : processes) {
      process.ready(START);
    }
  }

  /** A client that knows these coordinators, the first one first. */
  PlainClient client(FarmProcess... coordinators) {
    List<URI> addresses =
        List.of(coordinators).stream()
            .map(process -> process.out().strip().replace("0.0.0.0", "127.0.0.1"))
            .map(URI::create)
            .toList();
    return new PlainClient(host.get("FARM_API_TOKEN"), addresses);
  }
}
