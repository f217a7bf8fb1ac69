package dev.cascadefarm.standalone.progress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StageProgressTest {
  private final List<String> shown = new ArrayList<>();
  private final StageProgress progress =
      new StageProgress(
          new Notes(shown), Map.of("text", new StageSize(1, 1), "base", new StageSize(2, 20)));

  @Test
  void accept_twoImages_addedUp() {
    accept(JobEvent.TASK_STARTED, "base", 0);
    progress.accept(event(JobEvent.TASK_PROGRESS, "base", 0, 7));
    progress.accept(event(JobEvent.TASK_PROGRESS, "base", 1, 5));
    accept(JobEvent.TASK_COMPLETED, "base", 0);
    assertThat(shown).containsExactly("base 0/40", "base 7/40", "base 12/40", "base 25/40");
  }

  @Test
  void accept_completedWithoutProgress_countsInFull() {
    accept(JobEvent.TASK_COMPLETED, "text", null);
    assertThat(shown).containsExactly("text 1/1");
  }

  @Test
  void accept_startedAgain_fromTheBeginning() {
    progress.accept(event(JobEvent.TASK_PROGRESS, "base", 0, 7));
    accept(JobEvent.TASK_STARTED, "base", 0);
    assertThat(shown).containsExactly("base 7/40", "base 0/40");
  }

  @Test
  void accept_retriedAndGoesOn_fromItsCheckpoint() {
    progress.accept(event(JobEvent.TASK_PROGRESS, "base", 0, 7));
    accept(JobEvent.TASK_RETRIED, "base", 0);
    progress.accept(
        new JobEvent(
            1, 9L, JobEvent.TASK_STARTED, 0, "j", "base", 0, 2, WireJson.object().put("row", 5)));
    accept(JobEvent.TASK_RESTARTED, "base", 0);
    assertThat(shown).containsExactly("base 7/40", "base 5/40", "base 0/40");
  }

  @Test
  void accept_eventsWithoutSteps_nothing() {
    accept(JobEvent.IMAGE_COMPLETED, "base", 0);
    accept(JobEvent.TASK_PREVIEW, "base", 0);
    progress.accept(new JobEvent(1, 1L, JobEvent.JOB_RUNNING, 0, "j", null, null, null, null));
    assertThat(shown).isEmpty();
  }

  private void accept(String type, String stage, @Nullable Integer image) {
    progress.accept(new JobEvent(1, 1L, type, 0, "j", stage, image, 1, null));
  }

  private static JobEvent event(String type, String stage, int image, int done) {
    return new JobEvent(
        1,
        null,
        type,
        0,
        "j",
        stage,
        image,
        1,
        WireJson.object().put("done", done).put("total", 20));
  }

  private record Notes(List<String> lines) implements ProgressDisplay {
    @Override
    public void show(String stage, long done, long total, String remark) {
      lines.add(stage + " " + done + "/" + total);
    }

    @Override
    public void note(String line) {
      lines.add(line);
    }

    @Override
    public void close() {}
  }
}
