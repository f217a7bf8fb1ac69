package dev.cascadefarm.worker.live;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.job.Progress;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.JobEvent;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.worker.image.PictureScaler;
import dev.cascadefarm.worker.image.PngCodec;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The live events of one attempt at a task: progress at most ten times a second, the latest value
 * wins; at most one preview in the making, further ones are dropped meanwhile. Confined to the
 * event-loop context that opened it.
 */
public final class TaskChannel {
  private static final Duration PROGRESS_SPACING = Duration.ofMillis(100);

  private final LiveFeed feed;
  private final LeasedTask task;
  private @Nullable Progress latest;
  private long timer = -1;
  private long sentNanos = System.nanoTime() - PROGRESS_SPACING.toNanos();
  private boolean encoding;
  private boolean closed;

  TaskChannel(LiveFeed feed, LeasedTask task) {
    this.feed = feed;
    this.task = task;
  }

  /** Says how far the task is. */
  public void progress(Progress progress) {
    latest = progress;
    if (timer != -1 || closed) {
      return;
    }
    long waitNanos = PROGRESS_SPACING.toNanos() - (System.nanoTime() - sentNanos);
    if (waitNanos <= 0) {
      sendProgress();
    } else {
      timer = feed.vertx().setTimer(waitNanos / 1_000_000 + 1, id -> sendProgress());
    }
  }

  /**
   * Shows a guess of the final picture.
   *
   * @param picture {@code (3, H, W)} in [0, 1]
   */
  public void preview(HostTensor picture, Progress progress) {
    if (encoding || closed) {
      return;
    }
    encoding = true;
    feed.codec()
        .executeBlocking(() -> encode(picture), false)
        .onSuccess(png -> send(JobEvent.TASK_PREVIEW, previewData(png, progress)))
        .onComplete(done -> encoding = false);
  }

  /** Sends nothing more. Idempotent. */
  public void close() {
    closed = true;
    feed.vertx().cancelTimer(timer);
  }

  private void sendProgress() {
    timer = -1;
    sentNanos = System.nanoTime();
    if (latest != null) {
      send(JobEvent.TASK_PROGRESS, WireJson.MAPPER.valueToTree(latest));
    }
  }

  private String encode(HostTensor picture) {
    HostTensor small = PictureScaler.fit(picture, feed.previewSide());
    return Base64.getEncoder().encodeToString(PngCodec.encode(small, Map.of()));
  }

  private static JsonNode previewData(String png, Progress progress) {
    return WireJson.object()
        .put("done", progress.done())
        .put("total", progress.total())
        .put("png", png);
  }

  private void send(String type, JsonNode data) {
    if (closed) {
      return;
    }
    TaskId id = task.id();
    Integer image = id.image() == TaskId.WHOLE_JOB ? null : id.image();
    feed.bus()
        .publishLive(
            new JobEvent(
                JobEvent.VERSION,
                null,
                type,
                feed.clock().millis(),
                id.job(),
                id.stage(),
                image,
                task.attempt(),
                data));
  }
}
