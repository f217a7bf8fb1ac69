package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.QueueUnderTest;
import dev.cascadefarm.common.queue.TaskQueue;
import dev.cascadefarm.common.queue.TaskQueue.ClaimResult;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A wish for tasks of one bundle.
 *
 * @param aim 0: of a bundle that has some if any has; 1: of whichever
 * @param again 1: the worker's last claim repeated
 * @param foreign 1: with another digest
 */
record Claim(int worker, int bundle, int count, int aim, int again, int foreign)
    implements Command {
  private static final int EXTRA_PROBES = 32;

  /** A claim as its worker remembers it. */
  record Sent(String request, BundleId bundle, int count) {}

  @Override
  public void run(Trial trial) {
    String name = Names.WORKERS.get(worker);
    Sent last = trial.claims.get(name);
    Sent sent =
        again == 1 && last != null
            ? last
            : new Sent("r" + trial.model.drawn, bundle(trial.model), count);
    trial.claims.put(name, sent);
    String digest = foreign == 1 ? "another" : Names.digest(sent.bundle());
    TaskQueue.Claim claim =
        new TaskQueue.Claim(name, sent.request(), sent.bundle(), digest, sent.count());
    trial.expect(
        "claim %d of %s for %s under %s, %s"
            .formatted(sent.count(), sent.bundle(), name, sent.request(), digest),
        answer(trial.model, claim),
        () -> trial.queue.tasks().claim(claim));
  }

  private BundleId bundle(Model model) {
    List<BundleId> some =
        Names.BUNDLES.stream()
            .filter(id -> model.tasks().anyMatch(task -> wants(model, task, id.toString())))
            .toList();
    List<BundleId> from = aim == 1 || some.isEmpty() ? Names.BUNDLES : some;
    return from.get(bundle % from.size());
  }

  private static boolean wants(Model model, ModelTask task, String bundle) {
    boolean due = task.state == TaskState.DELAYED && task.notBefore <= model.now;
    return task.stage.bundle().equals(bundle) && (due || task.state == TaskState.READY);
  }

  private static ClaimResult answer(Model model, TaskQueue.Claim claim) {
    long firstNonce = model.drawn;
    model.drawn += claim.count();
    if (!claim.digest().equals(model.bundles.get(claim.bundle().toString()))) {
      return new ClaimResult(
          ClaimResult.Outcome.WRONG_BUNDLE, model.config.leases().length(), List.of());
    }
    ModelWorker worker = model.workers.computeIfAbsent(claim.worker(), ModelWorker::new);
    if (!claim.request().equals(worker.request)) {
      promote(model, claim.bundle().toString());
      worker.got = take(model, claim, firstNonce);
      worker.request = claim.request();
      worker.heard = model.now;
    }
    List<LeasedTask> tasks = new ArrayList<>();
    for (Lease lease : worker.got) {
      ModelTask task = model.task(lease.task());
      if (task != null && task.leasedUnder(lease.nonce())) {
        task.leaseUntil = model.now + model.config.leases().length().toMillis();
        tasks.add(handedOut(task));
      }
    }
    return new ClaimResult(ClaimResult.Outcome.OK, model.config.leases().length(), tasks);
  }

  private static void promote(Model model, String bundle) {
    model.timed(bundle, TaskState.DELAYED, task -> task.notBefore).stream()
        .filter(task -> task.notBefore <= model.now)
        .limit(Bounds.PROMOTIONS)
        .forEach(model::makeReady);
  }

  private static List<Lease> take(Model model, TaskQueue.Claim claim, long firstNonce) {
    Hand hand = new Hand(model, claim);
    String bundle = claim.bundle().toString();
    List<Lease> got = new ArrayList<>();
    int over = 0;
    for (int probe = 0; probe < claim.count() + EXTRA_PROBES && hand.open(got.size()); probe++) {
      List<String> order = model.rings.order(bundle);
      if (over >= order.size()) {
        break;
      }
      String tenant = order.get(over);
      ModelTask task = hand.choose(tenant, got.size());
      if (task != null) {
        String nonce = QueueUnderTest.nonce(firstNonce + got.size());
        model.rings.charge(bundle, tenant, model.tenant(tenant).limits.weight());
        lease(model, task, claim.worker(), nonce);
        got.add(new Lease(task.id, claim.worker(), nonce));
      } else if (!model.ready(bundle, tenant).isEmpty()) {
        over++;
      }
      model.sync(bundle, tenant);
    }
    hand.close(got);
    model.leases.addAll(got);
    return List.copyOf(got);
  }

  private static void lease(Model model, ModelTask task, String worker, String nonce) {
    task.state = TaskState.LEASED;
    task.attempt++;
    task.nonce = nonce;
    task.worker = worker;
    task.claimed = model.now;
    task.leaseUntil = model.now + model.config.leases().length().toMillis();
    task.deadline = model.now + model.config.leases().hardLimit().toMillis();
    if (task.job.state == JobState.QUEUED) {
      task.job.state = JobState.RUNNING;
      task.job.started = model.now;
      model.emit(task.job, JobEvent.JOB_RUNNING, null);
    }
    model.emit(task.job, JobEvent.TASK_STARTED, task, "worker", worker);
  }

  private static LeasedTask handedOut(ModelTask task) {
    ModelJob job = task.job;
    Map<String, String> manifests = new HashMap<>();
    for (ModelStage before : job.before(task.stage)) {
      boolean gathers = !before.wholeJob() && task.stage.wholeJob();
      for (int image : before.before(task.stage, task.id.image())) {
        TaskId id = job.task(before, image);
        ModelTask done = job.tasks.get(id);
        String name = gathers ? before.name() + "/" + image : before.name();
        manifests.put(name, done == null || done.manifest == null ? "none" : done.manifest);
      }
    }
    return new LeasedTask(
        task.id,
        job.tenant(),
        task.nonce,
        task.attempt,
        job.submission.spec(),
        job.submission.plan(),
        manifests,
        null);
  }
}
