package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.ClaimResult;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.Renewal;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * An operation of the queue that changes something.
 *
 * @param name for people
 * @param script that does the work
 * @param given brings an empty farm into a state in which the operation makes sense and gives the
 *     call, which may be made again and again; its result is what the caller may rely on
 */
record Operation(
    String name, String script, Function<FaultyQueue, Supplier<? extends Future<?>>> given) {
  private static final String JOB = "j";
  private static final int SOME_IMAGES = 8;

  static Stream<Operation> all() {
    return Stream.of(
        new Operation("submit", "submit", Operation::submit),
        new Operation("claim", "claim", Operation::claim),
        new Operation("renew", "renew", Operation::renew),
        new Operation("complete", "complete", Operation::complete),
        new Operation("fail", "fail", farm -> fail(farm, Failure.Kind.TASK)),
        new Operation("give up", "fail", farm -> fail(farm, Failure.Kind.PERMANENT)),
        new Operation("release", "fail", farm -> fail(farm, Failure.Kind.RELEASED)),
        new Operation("cancel", "cancel", Operation::cancel),
        new Operation("goodbye", "goodbye", Operation::goodbye),
        new Operation("heartbeat", "heartbeat", Operation::heartbeat),
        new Operation("sweep", "sweep", Operation::sweep),
        new Operation("reap", "reap", Operation::reap),
        new Operation("register", "register", Operation::register));
  }

  @Override
  public String toString() {
    return name;
  }

  private static Supplier<Future<String>> submit(FaultyQueue farm) {
    return () ->
        farm.queue
            .jobs()
            .submit(QueueFixture.withKey(QueueFixture.submission(JOB, 2), "key", "digest"))
            .map(JobQueue.SubmitResult::job);
  }

  private static Supplier<Future<List<String>>> claim(FaultyQueue farm) {
    farm.submitted(JOB, 1);
    farm.submitted("k", 1);
    Claim claim = FaultyQueue.claim("r", QueueFixture.TEXT, 1);
    return () -> farm.queue.tasks().claim(claim).map(Operation::leases);
  }

  private static List<String> leases(ClaimResult result) {
    return result.tasks().stream().map(task -> task.id() + " " + task.attempt()).toList();
  }

  private static Supplier<? extends Future<?>> renew(FaultyQueue farm) {
    LeasedTask task = leased(farm);
    Renewal renewal = new Renewal(task.id(), task.nonce(), new Progress(3, 10));
    return () -> farm.queue.tasks().renew("worker-1", List.of(renewal));
  }

  private static Supplier<? extends Future<?>> complete(FaultyQueue farm) {
    LeasedTask task = leased(farm);
    return () ->
        farm.queue
            .tasks()
            .complete(QueueFixture.completion(task, "a remark"))
            .map(Operation::taken);
  }

  private static Supplier<? extends Future<?>> fail(FaultyQueue farm, Failure.Kind kind) {
    LeasedTask task = leased(farm);
    Failure failure = new Failure(task.id(), "worker-1", task.nonce(), kind, "a reason");
    return () -> farm.queue.tasks().fail(failure).map(Operation::taken);
  }

  private static boolean taken(ReportResult result) {
    return result == ReportResult.OK || result == ReportResult.ALREADY;
  }

  private static Supplier<? extends Future<?>> cancel(FaultyQueue farm) {
    leased(farm);
    return () -> farm.queue.jobs().cancel(QueueFixture.TENANT, JOB);
  }

  private static Supplier<? extends Future<?>> goodbye(FaultyQueue farm) {
    leased(farm);
    return () -> farm.queue.tasks().goodbye("worker-1");
  }

  private static Supplier<? extends Future<?>> heartbeat(FaultyQueue farm) {
    WorkerSnapshot self =
        new WorkerSnapshot("worker-1", QueueFixture.TEXT, "host", 1, "cpu", 4, 1, 0.5, 0);
    return () -> farm.queue.tasks().heartbeat(self);
  }

  /** A job of whose tasks the cancellation has left some to the sweeper. */
  private static Supplier<? extends Future<?>> sweep(FaultyQueue farm) {
    farm.submitted(JOB, SOME_IMAGES);
    farm.claimed(QueueFixture.TEXT, 1).forEach(task -> completed(farm, task));
    // As if the call that cancelled it had been allowed a few tasks only.
    Script cancel = Script.CANCEL;
    farm.raw.ask(
        Command.EVALSHA, cancel.sha(), 1, RawRedis.PREFIX + "cfg", QueueFixture.TENANT, JOB, 4, 1);
    return () -> farm.queue.jobs().reap().map(0);
  }

  private static void completed(FaultyQueue farm, LeasedTask task) {
    farm.answered(() -> farm.queue.tasks().complete(QueueFixture.completion(task)));
  }

  private static Supplier<? extends Future<?>> reap(FaultyQueue farm) {
    LeasedTask task = leased(farm);
    farm.raw.score("lease:" + QueueFixture.TEXT, 1, task.id().toString());
    return () -> farm.queue.jobs().reap().map(0);
  }

  private static Supplier<? extends Future<?>> register(FaultyQueue farm) {
    return () -> farm.queue.jobs().register(QueueFixture.TEXT, "digest");
  }

  private static LeasedTask leased(FaultyQueue farm) {
    farm.submitted(JOB, 2);
    return farm.claimed(QueueFixture.TEXT, 1).get(0);
  }
}
