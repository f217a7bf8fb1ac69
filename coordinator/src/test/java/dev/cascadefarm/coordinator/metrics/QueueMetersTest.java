package dev.cascadefarm.coordinator.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.queue.QueueControl.StageState;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class QueueMetersTest {
  private static final BundleId BASE = BundleId.parse("base@1");

  private final Vertx vertx = Vertx.vertx();
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ScriptedControl control = new ScriptedControl();
  private final QueueMeters meters =
      new QueueMeters(
          vertx,
          control,
          registry,
          new QueueMeters.Timing(Duration.ofHours(1), Duration.ofMillis(500)));

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  @Test
  void look_everyPartOfAStage_isMeasured() throws Exception {
    control.answers(List.of(stage(Map.of("a", 3L, "b", 4L), "repairs", 9L)), 7);

    look();

    assertThat(registry.scrape().lines())
        .contains(
            "farm_queue_ready{bundle=\"base@1\",tenant=\"a\"} 3.0",
            "farm_queue_ready{bundle=\"base@1\",tenant=\"b\"} 4.0",
            "farm_queue_ready_seconds{bundle=\"base@1\",tenant=\"a\"} 4.5",
            "farm_queue_ready_seconds{bundle=\"base@1\",tenant=\"b\"} 6.0",
            "farm_queue_running{bundle=\"base@1\"} 5.0",
            "farm_queue_delayed{bundle=\"base@1\"} 6.0",
            "farm_stage_paused{bundle=\"base@1\"} 1.0",
            "farm_stage_breaker_open{bundle=\"base@1\"} 1.0",
            "farm_queue_dead 7.0",
            "farm_queue_incidents{kind=\"stale_report\"} 1.0",
            "farm_queue_incidents{kind=\"stray_entry\"} 2.0",
            "farm_queue_incidents{kind=\"breaker_opened\"} 3.0");
  }

  @Test
  void look_stageOfWhichNoTaskHasEnded_hasTasksButNoSeconds() throws Exception {
    control.answers(
        List.of(new StageState(BASE, 0, 0, Map.of("a", 3L), null, null, null, null)), 0);

    look();

    assertThat(registry.scrape())
        .contains("farm_queue_ready{bundle=\"base@1\",tenant=\"a\"} 3.0")
        .doesNotContain("farm_queue_ready_seconds{");
  }

  @Test
  void look_again_newValuesAndTheTenantThatIsDoneAtZero() throws Exception {
    control.answers(List.of(stage(Map.of("a", 3L), "repairs", 9L)), 7);
    look();
    control.answers(List.of(stage(Map.of("b", 1L), null, null)), 0);

    look();

    assertThat(registry.scrape().lines())
        .contains(
            "farm_queue_ready{bundle=\"base@1\",tenant=\"a\"} 0.0",
            "farm_queue_ready{bundle=\"base@1\",tenant=\"b\"} 1.0",
            "farm_stage_paused{bundle=\"base@1\"} 0.0",
            "farm_stage_breaker_open{bundle=\"base@1\"} 0.0",
            "farm_queue_dead 0.0");
  }

  @Test
  void look_moreThanAHundredTenants_othersTogetherAndNothingLost() throws Exception {
    Map<String, Long> ready = new HashMap<>();
    for (int i = 0; i < 250; i++) {
      ready.put("t" + i, 2L);
    }
    control.answers(List.of(stage(ready, null, null)), 0);

    look();

    List<String> lines =
        registry.scrape().lines().filter(line -> line.startsWith("farm_queue_ready{")).toList();
    assertThat(lines)
        .hasSize(101)
        .contains("farm_queue_ready{bundle=\"base@1\",tenant=\"other\"} 300.0");
  }

  @Test
  void look_queueFailsOrIsSilent_noValuesRatherThanOldOnes() throws Exception {
    control.answers(List.of(stage(Map.of("a", 3L), null, null)), 7);
    look();
    control.fails();
    look();
    assertThat(registry.scrape()).doesNotContain("farm_queue");

    control.answers(List.of(stage(Map.of("a", 3L), null, null)), 7);
    look();
    control.isSilent();
    look();
    assertThat(registry.scrape()).doesNotContain("farm_queue");
  }

  @Test
  void stop_takesTheGaugesAway() throws Exception {
    control.answers(List.of(stage(Map.of("a", 3L), null, null)), 7);
    look();

    meters.stop();

    assertThat(registry.scrape()).doesNotContain("farm_queue");
  }

  private void look() throws Exception {
    meters.look().await(10, TimeUnit.SECONDS);
  }

  private static StageState stage(
      Map<String, Long> ready, @Nullable String paused, @Nullable Long broken) {
    return new StageState(BASE, 5, 6, ready, paused, null, broken, 1.5);
  }
}
