package dev.cascadefarm.benchmark;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.standalone.client.FarmClient;
import dev.cascadefarm.standalone.client.FarmServers;
import dev.cascadefarm.standalone.client.Patience;
import dev.cascadefarm.standalone.config.ApiSettings;
import dev.cascadefarm.standalone.config.ConfigInput;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.FarmSettings;
import dev.cascadefarm.standalone.process.EmbeddedFarm;
import dev.cascadefarm.worker.metrics.TaskTrace;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** An embedded farm and a client of its HTTP API, as {@code farm render} has them. */
final class FarmSession implements AutoCloseable {
  private static final long JOB_MINUTES = 5;

  private final EmbeddedFarm farm;
  private final Vertx vertx;
  private final FarmClient client;

  private FarmSession(EmbeddedFarm farm, Vertx vertx, FarmClient client) {
    this.farm = farm;
    this.vertx = vertx;
    this.client = client;
  }

  /**
   * Starts the farm.
   *
   * @param traces hears of every completed task
   */
  static FarmSession start(Path catalogue, String cascade, Consumer<TaskTrace> traces) {
    Map<String, String> flags = Map.of(FarmSettings.CATALOGUE.key(), catalogue.toString());
    FarmConfig config =
        FarmConfig.load(new ConfigInput(null, Path.of("").toAbsolutePath(), Map.of(), flags));
    EmbeddedFarm farm = EmbeddedFarm.temporary(config, cascade, traces);
    Vertx vertx = Vertx.vertx();
    FarmClient.Access access =
        new FarmClient.Access(
            new FarmServers(List.of(farm.address())),
            farm.config().find(ApiSettings.TOKEN).orElse(null),
            Patience.DEFAULT);
    return new FarmSession(farm, vertx, FarmClient.create(vertx, access));
  }

  /** Submits a job and follows it on its socket to the terminal event. */
  void render(ObjectNode request) throws TimeoutException {
    String job = client.submit(request).await(JOB_MINUTES, TimeUnit.MINUTES).path("id").asText();
    JobEvent last = client.follow(job, 0, event -> {}).await(JOB_MINUTES, TimeUnit.MINUTES);
    if (!last.type().equals(JobEvent.JOB_SUCCEEDED)) {
      throw new IllegalStateException(job + ": " + last + " (expected: success)");
    }
  }

  @Override
  public void close() throws TimeoutException {
    client.close();
    vertx.close().await(JOB_MINUTES, TimeUnit.MINUTES);
    farm.close();
  }
}
