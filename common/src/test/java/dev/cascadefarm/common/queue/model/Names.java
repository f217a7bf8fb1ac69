package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.queue.QueueConfig;
import dev.cascadefarm.common.queue.QueueConfig.Breaker;
import dev.cascadefarm.common.queue.QueueConfig.Delays;
import dev.cascadefarm.common.queue.QueueConfig.Leases;
import dev.cascadefarm.common.queue.QueueConfig.Limits;
import dev.cascadefarm.common.queue.QueueConfig.Retries;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The few tenants, workers, bundles and graphs of stages that all trials use. */
final class Names {
  static final List<String> TENANTS = List.of("a", "b", "c");
  static final List<String> WORKERS = List.of("w0", "w1", "w2", "w3");
  static final BundleId TEXT = BundleId.parse("text@1");
  static final BundleId BASE = BundleId.parse("base@1");
  static final BundleId SR = BundleId.parse("sr@1");
  static final List<BundleId> BUNDLES = List.of(TEXT, BASE, SR);

  /** One stage; a chain; one that gathers images; one that splits and joins; one without words. */
  static final List<JobPlan> PLANS =
      List.of(
          plan(stage("text", TEXT, Per.JOB)),
          plan(
              stage("text", TEXT, Per.JOB),
              stage("base", BASE, Per.IMAGE, "text"),
              stage("sr", SR, Per.IMAGE, "text", "base")),
          plan(
              stage("base", BASE, Per.IMAGE),
              stage("grid", SR, Per.JOB, "base"),
              stage("note", TEXT, Per.JOB, "grid")),
          plan(
              stage("text", TEXT, Per.JOB),
              stage("left", BASE, Per.IMAGE, "text"),
              stage("right", BASE, Per.IMAGE),
              stage("sr", SR, Per.IMAGE, "left", "right")),
          plan(stage("base", BASE, Per.IMAGE)));

  private Names() {}

  private static JobPlan plan(PlannedStage... stages) {
    return new JobPlan(List.of(stages));
  }

  private static PlannedStage stage(String name, BundleId bundle, Per per, String... after) {
    return new PlannedStage(name, bundle, digest(bundle), per, Map.of(), List.of(after));
  }

  static String digest(BundleId bundle) {
    return "digest-of-" + bundle;
  }

  static JobSpec spec(int images) {
    return new JobSpec("scenes@1", "a red circle", null, images, 42, Map.of());
  }

  /** The queue's patience, short enough that a trial meets every limit. */
  static QueueConfig config(String url) {
    return QueueConfig.of(url)
        .withAllowLossy(true)
        .withCommandDeadline(Duration.ofSeconds(9))
        .withMaxInFlight(100_000)
        .withLeases(
            new Leases(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofMinutes(2)))
        .withRetries(
            new Retries(
                3,
                3,
                4,
                new Delays(Duration.ofMillis(500), Duration.ofSeconds(3)),
                new Delays(Duration.ofSeconds(1), Duration.ofSeconds(10))))
        .withBreaker(new Breaker(2, Duration.ofSeconds(30), Duration.ofSeconds(15)))
        .withLimits(
            new Limits(24, Duration.ofMinutes(1), Duration.ofDays(3), Duration.ofSeconds(15)));
  }
}
