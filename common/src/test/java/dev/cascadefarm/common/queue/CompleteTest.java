package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.job.TaskState;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.QueueControl.Incidents;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.TaskQueue.ReportResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CompleteTest extends QueueOnRedis {
  @Test
  void complete_lastTask_jobSucceedsWithEventsInOrder() {
    farm.submit("j", 1);
    farm.drain(QueueFixture.TEXT, QueueFixture.BASE, QueueFixture.SR);
    JobSnapshot job = farm.job("j");
    assertThat(job.state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(job.startedAt()).isBetween(job.createdAt(), job.finishedAt());
    assertThat(job.lastEvent()).isEqualTo(10);
    assertThat(job.tasks()).allMatch(task -> task.state() == TaskState.DONE);
    assertThat(farm.eventTypes("j"))
        .containsExactly(
            "job.queued",
            "job.running",
            "task.started",
            "task.completed",
            "task.started",
            "task.completed",
            "task.started",
            "task.completed",
            "image.completed",
            "job.succeeded");
  }

  @Test
  void complete_predecessorOfManyImages_fansOutInOrder() {
    farm.submit("j", 12);
    assertThat(farm.claim(QueueFixture.BASE, 64)).isEmpty();
    farm.drain(QueueFixture.TEXT);
    List<LeasedTask> base = farm.claim(QueueFixture.BASE, 64);
    assertThat(base)
        .extracting(task -> task.id().image())
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assertThat(base.get(3).manifests()).isEqualTo(Map.of("text", "manifest-of-j:text:job"));
    farm.complete(base.get(3));
    LeasedTask sr = farm.claimOne(QueueFixture.SR);
    assertThat(sr.id()).isEqualTo(new TaskId("j", "sr", 3));
    assertThat(sr.manifests())
        .isEqualTo(Map.of("text", "manifest-of-j:text:job", "base", "manifest-of-j:base:3"));
    assertThat(farm.claim(QueueFixture.SR, 64)).isEmpty();
  }

  @Test
  void complete_stageThatGathersImages_waitsForAllOfThem() {
    JobPlan plan =
        new JobPlan(
            List.of(
                QueueFixture.stage("base", QueueFixture.BASE, StageBundle.Per.IMAGE),
                QueueFixture.stage("sheet", QueueFixture.SR, StageBundle.Per.JOB, "base")));
    farm.submit(new Submission(QueueFixture.TENANT, "j", null, "d", 0, QueueFixture.spec(3), plan));
    List<LeasedTask> base = farm.claim(QueueFixture.BASE, 3);
    farm.complete(base.get(2));
    farm.complete(base.get(0));
    assertThat(farm.claim(QueueFixture.SR, 1)).isEmpty();
    farm.complete(base.get(1));
    LeasedTask sheet = farm.claimOne(QueueFixture.SR);
    assertThat(sheet.id().image()).isEqualTo(TaskId.WHOLE_JOB);
    assertThat(sheet.manifests())
        .containsOnlyKeys("base/0", "base/1", "base/2")
        .containsEntry("base/1", "manifest-of-j:base:1");
    farm.complete(sheet);
    assertThat(farm.job("j").state()).isEqualTo(JobState.SUCCEEDED);
    assertThat(farm.eventTypes("j").stream().filter("image.completed"::equals)).hasSize(3);
  }

  @Test
  void complete_repeated_already() {
    farm.submit("j", 1);
    LeasedTask text = farm.claimOne(QueueFixture.TEXT);
    assertThat(farm.complete(text)).isEqualTo(ReportResult.OK);
    long events = farm.job("j").lastEvent();
    assertThat(farm.complete(text)).isEqualTo(ReportResult.ALREADY);
    assertThat(farm.job("j").lastEvent()).isEqualTo(events);
    assertThat(farm.claim(QueueFixture.BASE, 64)).hasSize(1);
  }

  @Test
  void complete_supersededNonce_stale() {
    farm.submit("j", 1);
    LeasedTask first = farm.claimOne(QueueFixture.TEXT);
    farm.fail(first, Failure.Kind.RELEASED);
    LeasedTask second = farm.claimOne(QueueFixture.TEXT);
    assertThat(second.nonce()).isNotEqualTo(first.nonce());
    assertThat(second.attempt()).isEqualTo(2);
    assertThat(farm.complete(first)).isEqualTo(ReportResult.STALE);
    assertThat(farm.task(second).state()).isEqualTo(TaskState.LEASED);
    assertThat(farm.complete(second)).isEqualTo(ReportResult.OK);
    assertThat(farm.complete(first)).isEqualTo(ReportResult.STALE);
    assertThat(farm.checked(farm.control.incidents())).isEqualTo(new Incidents(2, 0, 0));
  }

  @Test
  void complete_unknownTask_stale() {
    LeasedTask nobody =
        new LeasedTask(
            new TaskId("none", "text", TaskId.WHOLE_JOB),
            QueueFixture.TENANT,
            "0",
            1,
            QueueFixture.spec(1),
            QueueFixture.plan(),
            Map.of(),
            null);
    assertThat(farm.complete(nobody)).isEqualTo(ReportResult.STALE);
  }

  @Test
  void complete_withWarnings_inJobAndOneEvent() {
    farm.submit("j", 1);
    farm.complete(farm.claimOne(QueueFixture.TEXT), "unknown word: \"xyzzy\"", "ünknown");
    assertThat(farm.job("j").warnings()).containsExactly("unknown word: \"xyzzy\"", "ünknown");
    List<JobEvent> warnings =
        farm.events("j").stream().filter(event -> event.type().equals("job.warning")).toList();
    assertThat(warnings).hasSize(1);
    JobEvent warning = warnings.get(0);
    assertThat(warning.data())
        .hasToString("{\"warnings\":[\"unknown word: \\\"xyzzy\\\"\",\"ünknown\"]}");
    assertThat(warning.stage()).isEqualTo("text");
    assertThat(warning.image()).isNull();
  }

  @Test
  void complete_tellsRowsAsProgress() {
    farm.submit("j", 1);
    LeasedTask text = farm.claimOne(QueueFixture.TEXT);
    farm.complete(text);
    JobSnapshot.Task done = farm.task(text);
    assertThat(done.progress()).isEqualTo(new Progress(5, 5));
    assertThat(done.manifest()).isEqualTo("manifest-of-j:text:job");
    assertThat(done.worker()).isEqualTo("worker-1");
  }
}
