package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.queue.JobQueue.EventPage;
import dev.cascadefarm.common.queue.JobQueue.JobPage;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListingTest extends QueueOnRedis {
  private JobPage jobs(String cursor, int limit) {
    return QueueFixture.await(farm.jobs.jobs(QueueFixture.TENANT, cursor, limit));
  }

  private EventPage events(String job, long after, int limit) {
    return QueueFixture.await(farm.jobs.events(QueueFixture.TENANT, job, after, limit))
        .orElseThrow();
  }

  @Test
  void jobs_pageByPage_newestFirstEachOnce() {
    for (int i = 0; i < 7; i++) {
      farm.submit("j" + i, 1);
    }
    List<String> seen = new ArrayList<>();
    JobPage page = jobs("", 3);
    farm.submit("late", 1);
    while (true) {
      page.jobs().forEach(job -> seen.add(job.id()));
      String next = page.next();
      if (next == null) {
        break;
      }
      page = jobs(next, 3);
    }
    assertThat(seen).containsExactly("j6", "j5", "j4", "j3", "j2", "j1", "j0");
  }

  @Test
  void jobs_lastPageExactlyFull_noNext() {
    farm.submit("j0", 1);
    farm.submit("j1", 1);
    JobPage page = jobs("", 2);
    assertThat(page.jobs()).hasSize(2);
    assertThat(page.next()).isNull();
    assertThat(page.jobs().get(0).tasks()).isEmpty();
  }

  @Test
  void jobs_otherTenantsAndNone_empty() {
    farm.submit("j0", 1);
    assertThat(QueueFixture.await(farm.jobs.jobs("stranger", "", 10)))
        .isEqualTo(new JobPage(List.of(), null));
    assertThat(QueueFixture.await(farm.jobs.job("stranger", "j0"))).isEmpty();
    assertThat(QueueFixture.await(farm.jobs.events("stranger", "j0", 0, 10))).isEmpty();
  }

  @Test
  void jobs_malformedCursorOrLimit_refused() {
    assertThatThrownBy(() -> jobs("x", 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cursor: x");
    assertThatThrownBy(() -> jobs("", 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("limit: 0");
  }

  @Test
  void events_pageByPage_gapFreeFromCursor() {
    farm.submit("j", 2);
    farm.drain(QueueFixture.TEXT, QueueFixture.BASE, QueueFixture.SR);
    EventPage first = events("j", 0, 4);
    assertThat(first.events()).extracting(JobEvent::seq).containsExactly(1L, 2L, 3L, 4L);
    assertThat(first.state()).isEqualTo(JobState.SUCCEEDED);
    EventPage rest = events("j", 4, 1_000);
    assertThat(rest.events().get(0).seq()).isEqualTo(5L);
    assertThat(rest.events()).hasSize((int) first.last() - 4);
    JobEvent started =
        rest.events().stream()
            .filter(event -> event.type().equals(JobEvent.TASK_STARTED))
            .findFirst()
            .orElseThrow();
    assertThat(started.stage()).isEqualTo("base");
    assertThat(started.image()).isEqualTo(0);
    assertThat(started.attempt()).isEqualTo(1);
    assertThat(started.job()).isEqualTo("j");
    assertThat(started.data()).hasToString("{\"worker\":\"worker-1\"}");
  }

  @Test
  void events_beyondTheEnd_emptyPageWithState() {
    farm.submit("j", 1);
    EventPage page = events("j", 99, 10);
    assertThat(page.events()).isEmpty();
    assertThat(page.last()).isEqualTo(1);
    assertThat(page.state()).isEqualTo(JobState.QUEUED);
  }

  @Test
  void events_negativeAfter_refused() {
    assertThatThrownBy(() -> events("j", -1, 10))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("after: -1 (expected: >= 0)");
  }
}
