package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.queue.QueueAudit.Finding;
import dev.cascadefarm.common.queue.QueueAudit.Report;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import io.vertx.redis.client.Command;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an audit finds, and that everything can be rendered after it. */
class AuditTest extends QueueOnRedis {
  private LeasedTask leased;

  /** Tasks in every state: done, leased, delayed, ready, blocked, cancelled. */
  @BeforeEach
  void work() {
    farm.submit("j", 4);
    farm.drain(QueueFixture.TEXT);
    farm.complete(farm.claimOne(QueueFixture.BASE));
    farm.fail(farm.claimOne(QueueFixture.BASE), Failure.Kind.INFRASTRUCTURE);
    farm.heartbeat("worker-1", QueueFixture.BASE);
    leased = farm.claimOne(QueueFixture.BASE);
    farm.submit("gone", 1);
    farm.cancel("gone");
    farm.submitAs("other", "k", 1);
  }

  @Test
  void audit_healthyQueue_findsNothing() {
    Report report = audit(true);
    assertThat(report.findings()).isEmpty();
    assertThat(report.found()).isZero();
    assertThat(report.calls()).isGreaterThan(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ZREM | rdy:base@1:default | j:base:3 | X: j:base:3: ready, but not in rdy",
        "ZREM | dly:base@1 | j:base:1 | X: j:base:1: delayed, but not in dly",
        "ZREM | lease:base@1 | j:base:2 | X: j:base:2: leased, but not in lease",
        "ZREM | wl:worker-1 | j:base:2 | X: j:base:2: leased, but not in the list of its worker",
        "ZREM | ring:base@1 | default | R: base@1 default: not in the ring",
        "HDEL | pend:j | sr:1 | X: j:sr:1: nowhere",
        "DEL | task:j:base:3 |  | X: j:base:3: nowhere",
        "ZREM | done:default | gone | job: gone: cancelled, but not among the ended",
      })
  void audit_somethingTaken_foundAndPutRight(
      String command, String key, String member, String told) {
    Object[] arguments =
        member == null
            ? new Object[] {RawRedis.PREFIX + key}
            : new Object[] {RawRedis.PREFIX + key, member};
    farm.raw.ask(Command.create(command), arguments);
    assertFoundAndPutRight(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "rdy:base@1:default | j:base:0 | X: j:base:0: done, but in rdy",
        "dly:base@1 | j:base:3 | X: j:base:3: ready, but in dly",
        "rdy:sr@1:default | x:sr:0 | X: x:sr:0: not there, but in rdy:sr@1:default",
        "wl:worker-1 | j:base:3 | X: j:base:3: ready, but in wl:worker-1",
        "ring:base@1 | other | R: base@1 other: in the ring",
        "jobs:default | none | job: none: listed, but not there",
      })
  void audit_somethingAdded_foundAndPutRight(String key, String member, String told) {
    farm.raw.score(key, 1, member);
    assertFoundAndPutRight(told);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ten:default | infl:base@1 | 7 | counter: base@1 default: in flight 7, but 1",
        "ten:default | backlog | 99 | counter: default: backlog 99, but 7",
        "pend:j | sr:2 | 5 | pend: j:sr:2: 5, but 1 are missing",
      })
  void audit_wrongNumber_foundAndPutRight(String key, String field, String value, String told) {
    farm.raw.field(key, field, value);
    assertFoundAndPutRight(told);
  }

  @Test
  void audit_wrongOpenTasks_foundAndPutRight() {
    farm.raw.field("job:j", "open", 5);
    assertFoundAndPutRight("counter: j: open 5, but 7");
  }

  @Test
  void audit_jobWhoseTasksAreOver_ended() {
    farm.submit("done", 1);
    farm.drain(QueueFixture.TEXT, QueueFixture.BASE, QueueFixture.SR);
    farm.raw.field("job:done", "state", "running");
    farm.raw.ask(Command.ZREM, RawRedis.PREFIX + "done:default", "done");
    assertThat(audit(true).findings())
        .contains(new Finding("job", "done", "running, but nothing is open"));
    assertThat(farm.job("done").state()).isEqualTo(JobState.SUCCEEDED);
  }

  @Test
  void audit_withoutRepair_tellsAndLeavesAlone() {
    farm.raw.field("ten:default", "backlog", 99);
    assertThat(audit(false).findings()).hasSize(1);
    assertThat(audit(false).findings()).hasSize(1);
    assertThat(farm.raw.hash("ten:default")).containsEntry("backlog", "99");
  }

  @Test
  void audit_manyJobs_allOfThemPageByPage() {
    for (int i = 0; i < 120; i++) {
      farm.jobs.submit(QueueFixture.submission("m" + i, 2)).await();
    }
    farm.raw.ask(Command.ZREM, RawRedis.PREFIX + "rdy:text@1:default", "m117:text:job");
    assertThat(audit(true).findings())
        .containsExactly(new Finding("X", "m117:text:job", "ready, but not in rdy"));
    Invariants.check(farm.raw);
  }

  private Report audit(boolean repair) {
    return QueueFixture.await(farm.queue.audit().audit(repair));
  }

  private void assertFoundAndPutRight(String told) {
    assertThat(audit(true).findings()).extracting(Finding::toString).contains(told);
    assertThat(audit(true).findings()).as("a second look").isEmpty();
    Invariants.check(farm.raw);
    farm.raw.score("lease:base@1", 9e15, leased.id().toString());
    farm.complete(leased);
  }
}
