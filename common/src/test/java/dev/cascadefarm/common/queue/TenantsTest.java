package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.cascadefarm.common.queue.JobQueue.SubmitResult.Bound;
import dev.cascadefarm.common.queue.JobQueue.SubmitResult.Outcome;
import dev.cascadefarm.common.queue.QueueControl.Target;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What tenants may have of a farm they share. */
class TenantsTest extends QueueOnRedis {
  @Test
  void claim_contendedStage_sharesFollowWeights() {
    Map<String, Integer> weights = Map.of("a", 3, "b", 2, "c", 1);
    weights.forEach(
        (tenant, weight) -> {
          farm.checked(farm.control.allow(tenant, limits(weight, null, null, null)));
          farm.submitAs(tenant, "job-of-" + tenant, 64);
        });
    weights.keySet().forEach(tenant -> farm.complete(farm.claimOne(QueueFixture.TEXT)));
    Map<String, Integer> taken = new HashMap<>();
    for (int i = 0; i < 60; i++) {
      LeasedTask task = farm.claimOne(QueueFixture.BASE);
      taken.merge(task.tenant(), 1, Integer::sum);
      farm.complete(task);
    }
    weights.forEach(
        (tenant, weight) -> assertThat(taken.get(tenant)).isCloseTo(10 * weight, within(1)));
  }

  @Test
  void claim_tenantAtItsCap_othersOnly() {
    farm.checked(farm.control.allow("a", limits(1, 2, null, null)));
    farm.submitAs("a", "ja", 8);
    farm.submitAs("b", "jb", 8);
    farm.drain(QueueFixture.TEXT);
    List<LeasedTask> taken = farm.claim(QueueFixture.BASE, 64);
    assertThat(taken).filteredOn(task -> task.tenant().equals("a")).hasSize(2);
    assertThat(taken).filteredOn(task -> task.tenant().equals("b")).hasSize(8);
    farm.complete(taken.stream().filter(task -> task.tenant().equals("a")).findFirst().get());
    assertThat(farm.claim(QueueFixture.BASE, 64)).hasSize(1);
  }

  @Test
  void allow_smallerCap_takesTheTenantOutOfTheRing() {
    farm.submitAs("a", "ja", 8);
    farm.drain(QueueFixture.TEXT);
    assertThat(farm.claim(QueueFixture.BASE, 4)).hasSize(4);
    farm.checked(farm.control.allow("a", limits(1, 3, null, null)));
    assertThat(farm.claim(QueueFixture.BASE, 4)).isEmpty();
    farm.checked(farm.control.allow("a", TenantLimits.NONE));
    assertThat(farm.claim(QueueFixture.BASE, 4)).hasSize(4);
  }

  @Test
  void submit_beyondOwnBacklog_limitNamesIt() {
    farm.checked(farm.control.allow("default", limits(1, null, 5, null)));
    farm.submit("j1", 2);
    var refused = farm.submit(QueueFixture.submission("j2", 1));
    assertThat(refused.outcome()).isEqualTo(Outcome.LIMIT);
    assertThat(refused.limit().bound()).isEqualTo(Bound.BACKLOG);
    assertThat(refused.limit().found()).isEqualTo("5 of 5");
    assertThat(refused.limit().retryAfter()).isPositive();
    farm.submitAs("other", "j3", 2);
  }

  @Test
  void submit_fasterThanTheRate_limitUntilTokensGrow() {
    var rate = new TenantLimits.Rate(0.5, 2);
    farm.checked(farm.control.allow("default", limits(1, null, null, rate)));
    farm.submit("j1", 1);
    farm.submit("j2", 1);
    var refused = farm.submit(QueueFixture.submission("j3", 1));
    assertThat(refused.limit().bound()).isEqualTo(Bound.RATE);
    assertThat(refused.limit().retryAfter().toMillis()).isBetween(1L, 2_000L);
    assertThat(farm.submit(QueueFixture.submission("j2", 1)).outcome()).isEqualTo(Outcome.REPLAYED);
    farm.raw.field("ten:default", "refilled", 1);
    assertThat(farm.submit(QueueFixture.submission("j3", 1)).outcome()).isEqualTo(Outcome.CREATED);
  }

  @Test
  void pause_tenant_itsTasksWaitUntilResumed() {
    farm.submitAs("a", "ja", 1);
    farm.submitAs("b", "jb", 1);
    assertThat(farm.checked(farm.control.pause(new Target.Tenant("a"), "unpaid", "me"))).isTrue();
    assertThat(farm.claim(QueueFixture.TEXT, 8))
        .extracting(LeasedTask::tenant)
        .containsExactly("b");
    assertThat(farm.checked(farm.control.resume(new Target.Tenant("a"), "me"))).isTrue();
    assertThat(farm.claim(QueueFixture.TEXT, 8))
        .extracting(LeasedTask::tenant)
        .containsExactly("a");
  }

  @Test
  void pause_unknownTenant_false() {
    assertThat(farm.checked(farm.control.pause(new Target.Tenant("x"), "why", "me"))).isFalse();
  }

  @Test
  void tenants_whatIsKnownOfThem() {
    TenantLimits given = limits(2.5, 3, 100, new TenantLimits.Rate(4, 8));
    farm.checked(farm.control.allow("a", given));
    farm.submitAs("b", "jb", 2);
    assertThat(QueueFixture.await(farm.control.tenants()))
        .containsExactlyInAnyOrder(
            new QueueControl.TenantState("a", given, 0, null),
            new QueueControl.TenantState("b", TenantLimits.NONE, 5, null));
  }

  @Test
  void limits_impossible_refusedWithTheValue() {
    assertThatThrownBy(() -> limits(0, null, null, null)).hasMessageContaining("weight: 0.0");
    assertThatThrownBy(() -> limits(1, 0, null, null)).hasMessageContaining("in_flight: 0");
    assertThatThrownBy(() -> limits(1, null, -1, null)).hasMessageContaining("backlog: -1");
    assertThatThrownBy(() -> new TenantLimits.Rate(0, 1)).hasMessageContaining("per_second: 0.0");
  }

  private static TenantLimits limits(
      double weight, Integer inFlight, Integer backlog, TenantLimits.Rate rate) {
    return new TenantLimits(weight, inFlight, backlog, rate);
  }
}
