package dev.cascadefarm.coordinator.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.coordinator.events.EventFeed.Watch;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventFeedTest {
  private static final int PAGE = 10;
  private static final EventFeed.Listener NOBODY =
      new EventFeed.Listener() {
        @Override
        public void slow(EventFeed feed) {}

        @Override
        public void ended(EventFeed feed) {}
      };

  private final ScriptedLog log = new ScriptedLog();
  private Vertx vertx;

  @BeforeEach
  void start() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private EventFeed feed(ScriptedSink sink, long after) {
    FeedLimits defaults = FeedLimits.defaults();
    FeedLimits limits = new FeedLimits(1, defaults.poll(), defaults.ping(), defaults.drain(), PAGE);
    EventFeed feed =
        new EventFeed(
            vertx,
            new JobSource(log, job -> WireJson.object().put("status", job.state().word())),
            new Watch("default", ScriptedLog.JOB, after),
            sink,
            limits);
    feed.start(NOBODY);
    return feed;
  }

  private static List<Long> range(long first, long last) {
    return LongStream.rangeClosed(first, last).boxed().toList();
  }

  @Test
  void start_cursorOlderThanTheLog_snapshotTakesTheLostPlace() {
    log.append(35);
    log.forget(20);
    ScriptedSink sink = new ScriptedSink(1000);

    feed(sink, 3);

    assertThat(sink.sequences()).isEqualTo(range(20, 35));
    assertThat(sink.sent.get(0).type()).isEqualTo(JobEvent.JOB_SNAPSHOT);
    assertThat(sink.sent.get(0).data()).hasToString("{\"status\":\"running\"}");
  }

  @Test
  void start_longLog_readsAllOfItPageByPage() {
    log.append(35);
    ScriptedSink sink = new ScriptedSink(1000);

    feed(sink, 0);

    assertThat(sink.sequences()).isEqualTo(range(1, 35));
    assertThat(log.reads).isEqualTo(4);
  }

  @Test
  void start_fullSink_holdsAtMostOnePageAndLosesNothing() {
    log.append(35);
    ScriptedSink sink = new ScriptedSink(1);

    EventFeed feed = feed(sink, 0);
    feed.wake();
    feed.wake();

    assertThat(sink.sequences()).isEqualTo(range(1, PAGE));
    assertThat(log.reads).isEqualTo(1);
    while (sink.sequences().size() < 35) {
      sink.makeRoom(PAGE + 1);
    }
    assertThat(sink.sequences()).isEqualTo(range(1, 35));
  }

  /** What the test above would see if the cursor went ahead of what was written. */
  @Test
  void start_sinkThatDropsWhatItHasNoRoomFor_leavesAGap() {
    log.append(35);
    ScriptedSink sink =
        new ScriptedSink(PAGE / 2) {
          @Override
          public void send(JobEvent event) {
            if (!full()) {
              super.send(event);
            }
          }
        };

    feed(sink, 0);
    sink.makeRoom(1000);

    assertThat(sink.sequences()).hasSize(30).doesNotContain(6L, 10L).endsWith(35L);
  }

  @Test
  void wake_hintWhileFull_isRememberedUntilThereIsRoom() {
    ScriptedSink sink = new ScriptedSink(0);
    EventFeed feed = feed(sink, 0);
    log.append(1);
    feed.wake();

    sink.makeRoom(5);

    assertThat(sink.sequences()).isEqualTo(range(1, 1));
  }

  @Test
  void wake_queueDown_continuesFromTheSameCursorAfterwards() {
    log.append(3);
    ScriptedSink sink = new ScriptedSink(100);
    EventFeed feed = feed(sink, 1);
    log.append(2);
    log.down = true;
    feed.wake();
    log.down = false;

    feed.wake();

    assertThat(sink.sequences()).isEqualTo(range(2, 5));
  }

  @Test
  void deliver_terminalJob_finishesOnlyAfterTheLastEvent() {
    log.append(25);
    log.state = JobState.SUCCEEDED;
    ScriptedSink sink = new ScriptedSink(1);
    feed(sink, 0);
    assertThat(sink.finished).isFalse();

    sink.makeRoom(1000);

    assertThat(sink.sequences()).isEqualTo(range(1, 25));
    assertThat(sink.finished).isTrue();
  }

  @Test
  void offer_fullSink_keepsOnlyTheLatestOfEachTask() {
    ScriptedSink sink = new ScriptedSink(0);
    EventFeed feed = feed(sink, 0);
    for (int at = 1; at <= 1000; at++) {
      feed.offer(ScriptedLog.progress(at % 2, at));
    }

    sink.makeRoom(100);

    assertThat(sink.sent).extracting(JobEvent::at).containsExactlyInAnyOrder(999L, 1000L);
  }

  @Test
  void offer_overtakenByCompletion_isForgotten() {
    ScriptedSink sink = new ScriptedSink(0);
    EventFeed feed = feed(sink, 0);
    feed.offer(ScriptedLog.progress(1, 5));
    log.append(1);

    feed.wake();
    sink.room = 1;
    feed.wake();
    sink.makeRoom(100);

    assertThat(sink.sent).extracting(JobEvent::type).containsExactly(JobEvent.TASK_COMPLETED);
  }

  @Test
  void offer_afterTheEnd_isDropped() {
    log.append(1);
    log.state = JobState.FAILED;
    ScriptedSink sink = new ScriptedSink(100);
    EventFeed feed = feed(sink, 0);

    feed.offer(ScriptedLog.progress(1, 5));
    feed.abort(EventSink.Reason.STOPPING);

    assertThat(sink.sent).hasSize(1);
    assertThat(sink.aborted).isEmpty();
  }
}
