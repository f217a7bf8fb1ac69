package dev.cascadefarm.coordinator;

import static dev.cascadefarm.coordinator.CoordinatorFixture.await;
import static dev.cascadefarm.coordinator.CoordinatorFixture.minimal;
import static dev.cascadefarm.coordinator.Tenants.token;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.cascadefarm.common.queue.TenantLimits;
import dev.cascadefarm.common.queue.TenantLimits.Rate;
import dev.cascadefarm.coordinator.access.Role;
import dev.cascadefarm.testing.RedisExtension;
import dev.cascadefarm.testing.StoreExtension;
import dev.cascadefarm.testing.TestRedis;
import dev.cascadefarm.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.client.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@Tag("integration")
@ExtendWith({RedisExtension.class, StoreExtension.class})
class TenantLimitsTest {
  private static final int FLOOD = 200;

  @Test
  void submit_floodOfOneTenant_isToldToWaitAndTheOtherPasses(TestRedis redis, TestStore store) {
    redis.flush();
    Map<String, TenantLimits> limits =
        Map.of("acme", new TenantLimits(1, null, null, new Rate(0.01, 5)));
    try (Tenants tenants = Tenants.start(redis.url(), store, limits)) {
      List<Future<HttpResponse<Buffer>>> flood = new ArrayList<>();
      for (int i = 0; i < FLOOD; i++) {
        flood.add(
            tenants
                .farm
                .request(HttpMethod.POST, "/v1/jobs")
                .bearerTokenAuthentication(token("acme", Role.SUBMIT))
                .sendJson(minimal()));
      }
      assertThat(tenants.submit("globex", minimal()).statusCode()).isEqualTo(202);

      List<HttpResponse<Buffer>> answers = flood.stream().map(CoordinatorFixture::await).toList();
      assertThat(answers.stream().filter(each -> each.statusCode() == 202)).hasSize(5);
      List<HttpResponse<Buffer>> refused =
          answers.stream().filter(each -> each.statusCode() == 429).toList();
      assertThat(refused).hasSize(FLOOD - 5);
      assertThat(refused)
          .allSatisfy(
              each -> assertThat(Integer.parseInt(each.getHeader("Retry-After"))).isPositive());
      assertThat(refused.get(0).bodyAsJsonObject().getString("type"))
          .endsWith(":too-many-requests");
    }
  }

  @Test
  void submit_backlogOfOneTenantFull_theOtherPasses(TestRedis redis, TestStore store) {
    redis.flush();
    Map<String, TenantLimits> limits = Map.of("acme", new TenantLimits(1, null, 3, null));
    try (Tenants tenants = Tenants.start(redis.url(), store, limits)) {
      assertThat(tenants.submit("acme", minimal()).statusCode()).isEqualTo(202);
      HttpResponse<Buffer> second = tenants.submit("acme", minimal());

      assertThat(second.statusCode()).isEqualTo(429);
      assertThat(second.getHeader("Retry-After")).isNotNull();
      assertThat(second.bodyAsJsonObject().getString("type")).endsWith(":backlog-full");
      assertThat(tenants.submit("globex", minimal()).statusCode()).isEqualTo(202);
    }
  }

  @Test
  void start_limitsTakenOutOfTheConfiguration_areGone(TestRedis redis, TestStore store) {
    redis.flush();
    Map<String, TenantLimits> limits = Map.of("acme", new TenantLimits(1, null, 3, null));
    Tenants.start(redis.url(), store, limits).close();

    try (Tenants tenants = Tenants.start(redis.url(), store, Map.of())) {
      assertThat(tenants.submit("acme", minimal().put("n", 9)).statusCode()).isEqualTo(202);
      assertThat(await(tenants.farm.queue.control().tenants()))
          .extracting(tenant -> tenant.name(), tenant -> tenant.limits())
          .contains(tuple("acme", TenantLimits.NONE));
    }
  }
}
