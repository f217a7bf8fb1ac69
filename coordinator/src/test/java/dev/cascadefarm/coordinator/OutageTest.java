package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.await;
import static dev.cascadefarm.coordinator.CoordinatorFixture.minimal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.embedded.EmbeddedRedis;
import dev.cascadefarm.embedded.EmbeddedRedisConfig;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("integration")
@ExtendWith(StoreExtension.class)
class OutageTest {
  @Test
  void anyRequest_redisDown_isUnavailableWithRetryAfter(@TempDir Path folder, TestStore store) {
    try (EmbeddedRedis redis = EmbeddedRedis.start(EmbeddedRedisConfig.volatileIn(folder));
        CoordinatorFixture farm =
            CoordinatorFixture.start(redis.url(), store, CoordinatorFixture.CONFIG)) {
      String job = farm.job();
      kill(redis);

      List<Future<HttpResponse<Buffer>>> answers =
          List.of(
              farm.request(HttpMethod.POST, "/v1/jobs").sendJson(minimal()),
              farm.request(HttpMethod.GET, "/v1/jobs").send(),
              farm.request(HttpMethod.GET, "/v1/jobs/" + job).send(),
              farm.request(HttpMethod.POST, "/v1/jobs/" + job + "/cancel").send(),
              farm.request(HttpMethod.GET, "/v1/jobs/" + job + "/images/0").send(),
              farm.request(HttpMethod.GET, "/v1/jobs/" + job + "/events").send(),
              farm.request(HttpMethod.GET, "/v1/workers").send(),
              farm.request(HttpMethod.GET, "/readyz").send());

      for (Future<HttpResponse<Buffer>> each : answers) {
        HttpResponse<Buffer> answer = await(each);
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.getHeader("Retry-After")).isEqualTo("2");
        JsonObject problem = answer.bodyAsJsonObject();
        assertThat(problem.getString("type")).isEqualTo("urn:cascade-farm:problem:unavailable");
      }
      assertThat(farm.get("/healthz").statusCode()).isEqualTo(200);
    }
  }

  private static void kill(EmbeddedRedis redis) {
    ProcessHandle process = ProcessHandle.of(redis.pid()).orElseThrow();
    process.destroyForcibly();
    process.onExit().join();
  }
}
