package dev.cascadefarm.worker.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.worker.FakeRunner;
import dev.cascadefarm.worker.metrics.WorkerMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchTest {
  private final FakeRunner runner = new FakeRunner(FakeRunner.Kind.IMAGE);
  private final List<TickReport> reports = new ArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Batch batch = batch(Duration.ZERO);

  @Test
  void tick_samplesThatJoinAtDifferentRows_drawWhatTheyDrawAlone() {
    Map<String, StageValue> aloneA = alone(slot(1, 5));
    Map<String, StageValue> aloneB = alone(slot(2, 3));

    Slot a = slot(1, 5);
    Slot b = slot(2, 3);
    batch.join(a);
    batch.tick();
    batch.tick();
    batch.join(b);
    tickUntilIdle();

    assertThat(runner.largestCompany()).isEqualTo(2);
    assertThat(outputsOf(a)).isEqualTo(aloneA);
    assertThat(outputsOf(b)).isEqualTo(aloneB);
  }

  @Test
  void tick_everySample_movesByOneRow() {
    batch.join(slot(1, 4));
    batch.join(slot(2, 9));
    batch.tick();

    assertThat(reports.get(0).advanced())
        .extracting(TickReport.Advanced::progress)
        .containsExactly(new Progress(1, 4), new Progress(1, 9));
    assertThat(meters.get("farm.worker.rows").counter().count()).isEqualTo(2);
  }

  @Test
  void tick_sampleWithACheckpoint_goesOnAndSaysSo() {
    Slot whole = slot(1, 5);
    Map<String, StageValue> undisturbed = alone(whole);
    Checkpoint third = reports.get(2).advanced().get(0).checkpoint();
    reports.clear();
    Slot resumed = new Slot(request(1, "{\"rows\":5}"), third, 0);
    batch.join(resumed);
    tickUntilIdle();

    assertThat(reports.get(0).resumed()).containsExactly(new TickReport.Resumed(resumed, 3, null));
    assertThat(reports.get(0).advanced())
        .extracting(TickReport.Advanced::progress)
        .containsExactly(new Progress(4, 5));
    assertThat(reports).hasSize(2);
    assertThat(outputsOf(resumed)).isEqualTo(undisturbed);
  }

  @Test
  void tick_sampleWithAnothersCheckpoint_startsOverAndSaysWhy() {
    Map<String, StageValue> undisturbed = alone(slot(1, 5));
    Checkpoint third = reports.get(2).advanced().get(0).checkpoint();
    reports.clear();
    Slot other = new Slot(request(1, "{\"rows\":6}"), third, 0);
    batch.join(other);
    tickUntilIdle();

    assertThat(reports.get(0).resumed())
        .containsExactly(new TickReport.Resumed(other, 0, "rows: 5 (expected: 6)"));
    assertThat(reports).hasSize(6);
    assertThat(outputsOf(other)).isNotEqualTo(undisturbed);
  }

  @Test
  void tick_droppedSample_leavesBeforeTheNextRowAndIsNeverReported() {
    Slot kept = slot(1, 3);
    Slot dropped = slot(2, 3);
    batch.join(kept);
    batch.join(dropped);
    batch.tick();
    dropped.drop();
    reports.clear();
    tickUntilIdle();

    assertThat(reports).allSatisfy(report -> assertThat(report.failed()).isEmpty());
    assertThat(finishedSlots()).containsExactly(kept);
    assertThat(reports)
        .flatExtracting(TickReport::advanced)
        .extracting(TickReport.Advanced::slot)
        .containsOnly(kept);
  }

  @Test
  void tick_sampleDroppedBeforeItBegan_neverBegins() {
    Slot slot = slot(1, 3);
    batch.join(slot);
    slot.drop();
    batch.tick();

    assertThat(batch.busy()).isFalse();
    assertThat(runner.ticks()).isZero();
  }

  @Test
  void tick_settingsNoRunCanUse_failForGood() {
    Slot slot = slot(1, 0);
    batch.join(slot);
    batch.tick();

    assertThat(reports.get(0).failed())
        .singleElement()
        .satisfies(
            failed -> {
              assertThat(failed.kind()).isEqualTo(Failure.Kind.PERMANENT);
              assertThat(failed.reason()).contains("rows: 0");
            });
    assertThat(batch.busy()).isFalse();
  }

  @Test
  void tick_oneSampleFails_itsCompanyGoesOn() {
    Slot sound = slot(1, 4);
    Slot faulty = new Slot(request(2, "{\"rows\":4,\"fail_at\":2}"), 0);
    batch.join(sound);
    batch.join(faulty);
    tickUntilIdle();

    assertThat(finishedSlots()).containsExactly(sound);
    assertThat(reports)
        .flatExtracting(TickReport::failed)
        .containsExactly(new TickReport.Failed(faulty, Failure.Kind.TASK, "row 2 failed"));
    assertThat(outputsOf(sound)).isEqualTo(alone(slot(1, 4)));
  }

  @Test
  void tick_previewInterval_isKeptPerSample() {
    Batch eager = batch(Duration.ofNanos(1));
    eager.join(slot(1, 3));
    eager.tick();
    Batch rare = batch(Duration.ofHours(1));
    rare.join(slot(1, 3));
    rare.tick();
    batch.join(slot(1, 3));
    batch.tick();

    assertThat(reports.get(0).advanced().get(0).preview()).isNotNull();
    assertThat(reports.get(1).advanced().get(0).preview()).isNull();
    assertThat(reports.get(2).advanced().get(0).preview()).isNull();
  }

  @Test
  void busy_followsJoinAndLastRow() {
    assertThat(batch.busy()).isFalse();
    batch.join(slot(1, 1));
    assertThat(batch.busy()).isTrue();
    batch.tick();
    assertThat(batch.busy()).isFalse();
  }

  private Batch batch(Duration previewInterval) {
    return new Batch(
        "tiny@1",
        runner,
        new Batch.Limits(Duration.ofSeconds(5), previewInterval),
        reports::add,
        new WorkerMetrics(meters, new BundleId("tiny", 1), trace -> {}));
  }

  private Map<String, StageValue> alone(Slot slot) {
    Batch own = batch(Duration.ZERO);
    own.join(slot);
    while (own.busy()) {
      own.tick();
    }
    return outputsOf(slot);
  }

  private void tickUntilIdle() {
    for (int i = 0; i < 100 && batch.busy(); i++) {
      batch.tick();
    }
    assertThat(batch.busy()).isFalse();
  }

  private List<Slot> finishedSlots() {
    return reports.stream()
        .flatMap(report -> report.finished().stream())
        .map(TickReport.Finished::slot)
        .toList();
  }

  private Map<String, StageValue> outputsOf(Slot slot) {
    return reports.stream()
        .flatMap(report -> report.finished().stream())
        .filter(finished -> finished.slot() == slot)
        .findFirst()
        .orElseThrow()
        .outputs();
  }

  private static Slot slot(long seed, int rows) {
    return new Slot(request(seed, "{\"rows\":" + rows + "}"), 0);
  }

  private static SampleRequest request(long seed, String settings) {
    return new SampleRequest(
        "base",
        seed,
        WireJson.read(settings, com.fasterxml.jackson.databind.JsonNode.class),
        Map.of("prompt", new StageValue.Text("a red circle")));
  }
}
