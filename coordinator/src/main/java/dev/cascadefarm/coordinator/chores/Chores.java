package dev.cascadefarm.coordinator.chores;

import dev.cascadefarm.common.bus.LostProcesses;
import dev.cascadefarm.common.queue.JobQueue;
import dev.cascadefarm.common.queue.JobQueue.ReapResult;
import dev.cascadefarm.coordinator.CoordinatorParts;
import dev.cascadefarm.coordinator.audit.Auditor;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All chores of one coordinator. Used on one event loop only. */
public final class Chores {
  private static final Logger log = LoggerFactory.getLogger(Chores.class);

  private final List<Chore> all;
  private final LostWorkers lostWorkers;
  private final LostProcesses losses;

  private Chores(List<Chore> all, LostWorkers lostWorkers, LostProcesses losses) {
    this.all = all;
    this.lostWorkers = lostWorkers;
    this.losses = losses;
  }

  /** Chores that have not begun. */
  public static Chores of(
      Vertx vertx,
      ChoreConfig config,
      CoordinatorParts parts,
      Auditor auditor,
      RandomGenerator random) {
    JobQueue queue = parts.queue();
    var forgetting =
        new Forgetting(parts.control(), parts.retention(), parts.store(), config.keep());
    var garbage =
        new GarbageCollection(queue, parts.retention(), parts.store(), config.garbageAge());
    return new Chores(
        List.of(
            new Chore(
                vertx,
                "reaping",
                config.reaping(),
                random,
                () -> queue.reap().onSuccess(Chores::reaped)),
            new Chore(vertx, "forgetting", config.forgetting(), random, forgetting::round),
            new Chore(vertx, "collecting garbage", config.forgetting(), random, garbage::round),
            new Chore(vertx, "auditing", config.auditing(), random, () -> auditor.audit(true))),
        new LostWorkers(vertx, queue),
        parts.losses());
  }

  /** Begins all of them. */
  public void start() {
    all.forEach(Chore::start);
    lostWorkers.start(losses);
  }

  /** Ends all of them; rounds under way are not waited for. */
  public void stop() {
    all.forEach(Chore::stop);
  }

  private static void reaped(ReapResult result) {
    if (result.readied() > 0 || result.dead() > 0) {
      log.warn("lost leases: {} tasks ready again, {} dead", result.readied(), result.dead());
    }
  }
}
