package dev.cascadefarm.coordinator.metrics;

import dev.cascadefarm.common.queue.QueueControl;
import dev.cascadefarm.common.queue.QueueControl.Incidents;
import dev.cascadefarm.common.queue.QueueControl.StageState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tasks per stage and tenant, pauses, breakers, dead tasks and incidents as gauges, read from the
 * queue now and then and not when somebody asks. While the queue does not answer there are no
 * values rather than old ones. Used on one event loop only; every coordinator of a farm shows the
 * same.
 */
public final class QueueMeters {
  private static final Logger log = LoggerFactory.getLogger(QueueMeters.class);

  private final Vertx vertx;
  private final QueueControl control;
  private final Timing timing;
  private final TenantLabels labels = new TenantLabels();
  private final MultiGauge ready;
  private final MultiGauge work;
  private final MultiGauge running;
  private final MultiGauge delayed;
  private final MultiGauge paused;
  private final MultiGauge broken;
  private final MultiGauge dead;
  private final MultiGauge incidents;
  private boolean stopped;

  public QueueMeters(Vertx vertx, QueueControl control, MeterRegistry registry, Timing timing) {
    this.vertx = vertx;
    this.control = control;
    this.timing = timing;
    this.ready = gauge(registry, "farm.queue.ready", "Tasks that wait for a worker");
    this.work =
        gauge(registry, "farm.queue.ready.seconds", "Device-seconds that waiting tasks will take");
    this.running = gauge(registry, "farm.queue.running", "Tasks that workers hold");
    this.delayed = gauge(registry, "farm.queue.delayed", "Tasks that wait for another try");
    this.paused = gauge(registry, "farm.stage.paused", "Whether the stage is paused");
    this.broken = gauge(registry, "farm.stage.breaker.open", "Whether the stage counts as broken");
    this.dead = gauge(registry, "farm.queue.dead", "Tasks that will not be tried again");
    this.incidents =
        gauge(registry, "farm.queue.incidents", "What went wrong since the queue began");
  }

  /**
   * How often the queue is looked at.
   *
   * @param interval between two looks
   * @param deadline how long one may take
   */
  public record Timing(Duration interval, Duration deadline) {
    /** Every five seconds. */
    public static Timing every5s(Duration deadline) {
      return new Timing(Duration.ofSeconds(5), deadline);
    }
  }

  private static MultiGauge gauge(MeterRegistry registry, String name, String description) {
    return MultiGauge.builder(name).description(description).register(registry);
  }

  /** Begins with a look. */
  public void start() {
    if (!stopped) {
      look().onComplete(done -> again());
    }
  }

  /** Ends, and takes the gauges away. */
  public void stop() {
    stopped = true;
    clear();
  }

  private void again() {
    if (!stopped) {
      vertx.setTimer(timing.interval().toMillis(), timer -> start());
    }
  }

  /** One look at the queue; never fails. */
  Future<Void> look() {
    Future<List<StageState>> stages = control.stages();
    Future<Long> deadTasks = control.dead("", 1).map(QueueControl.DeadPage::total);
    Future<Incidents> incidents = control.incidents();
    return Future.all(stages, deadTasks, incidents)
        .timeout(timing.deadline().toMillis(), TimeUnit.MILLISECONDS)
        .onSuccess(all -> show(stages.result(), deadTasks.result(), incidents.result()))
        .onFailure(this::failed)
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private void show(List<StageState> stages, long deadTasks, Incidents counted) {
    if (stopped) {
      return;
    }
    ready.register(rows(stages, stage -> 1.0), true);
    work.register(rows(stages, StageState::secondsPerTask), true);
    each(running, stages, StageState::running);
    each(delayed, stages, StageState::delayed);
    each(paused, stages, stage -> stage.paused() == null ? 0 : 1);
    each(broken, stages, stage -> stage.brokenSince() == null ? 0 : 1);
    dead.register(List.of(Row.of(Tags.empty(), deadTasks)), true);
    incidents.register(
        List.of(
            incident("stale_report", counted.staleReports()),
            incident("stray_entry", counted.strayEntries()),
            incident("breaker_opened", counted.breakersOpened())),
        true);
  }

  private static Row<?> incident(String kind, long count) {
    return Row.of(Tags.of("kind", kind), count);
  }

  /** Of every stage and tenant the tasks that wait, weighed; without stages of unknown weight. */
  private List<Row<?>> rows(
      List<StageState> stages, Function<StageState, @Nullable Double> weight) {
    List<Row<?>> rows = new ArrayList<>();
    for (StageState stage : stages) {
      Double each = weight.apply(stage);
      if (each != null) {
        rows.addAll(rows(stage, each));
      }
    }
    return rows;
  }

  private List<Row<?>> rows(StageState stage, double weight) {
    Map<String, Long> sums = new TreeMap<>();
    stage.ready().forEach((tenant, tasks) -> sums.merge(labels.of(tenant), tasks, Long::sum));
    // why: a tenant whose last task was taken is at 0, not gone
    labels.known().forEach(label -> sums.putIfAbsent(label, 0L));
    List<Row<?>> rows = new ArrayList<>();
    sums.forEach(
        (label, tasks) ->
            rows.add(
                Row.of(
                    Tags.of("bundle", stage.bundle().toString(), "tenant", label),
                    weight * tasks)));
    return rows;
  }

  private static void each(
      MultiGauge gauge, List<StageState> stages, ToDoubleFunction<StageState> value) {
    List<Row<?>> rows = new ArrayList<>();
    for (StageState stage : stages) {
      Tags tags = Tags.of("bundle", stage.bundle().toString());
      rows.add(Row.of(tags, value.applyAsDouble(stage)));
    }
    gauge.register(rows, true);
  }

  private void failed(Throwable failure) {
    log.debug("queue not measured this time", failure);
    clear();
  }

  private void clear() {
    for (MultiGauge gauge :
        List.of(ready, work, running, delayed, paused, broken, dead, incidents)) {
      gauge.register(List.of(), true);
    }
  }
}
