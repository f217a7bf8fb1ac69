package dev.cascadefarm.worker;

import dev.cascadefarm.worker.checkpoint.CheckpointConfig;
import java.time.Duration;

/**
 * A worker's settings.
 *
 * @param slots places in the running batch, 1 to 64
 * @param device {@code cpu} or {@code cuda:N}
 * @param previewInterval least time between two previews of a task; zero for none
 * @param previewSide longest side of a preview, 16 to 512 pixels
 * @param checkpoints how often running samples are written down
 * @param limits deadlines
 */
public record WorkerConfig(
    int slots,
    String device,
    Duration previewInterval,
    int previewSide,
    CheckpointConfig checkpoints,
    Limits limits) {
  public WorkerConfig {
    check(slots >= 1 && slots <= 64, "slots", slots, "1 to 64");
    check(device.matches("cpu|cuda:\\d{1,2}"), "device", device, "cpu or cuda:N");
    check(!previewInterval.isNegative(), "preview_interval", previewInterval, "0 or longer");
    check(previewSide >= 16 && previewSide <= 512, "preview_side", previewSide, "16 to 512");
  }

  /** Settings with the usual checkpoints. */
  public WorkerConfig(
      int slots, String device, Duration previewInterval, int previewSide, Limits limits) {
    this(slots, device, previewInterval, previewSide, CheckpointConfig.defaults(), limits);
  }

  /**
   * How long things may take.
   *
   * @param load loading the model and replaying its self-test, before the process counts as hung
   * @param row one tick of the batch, before the process counts as hung
   * @param store one call to the store
   * @param storePatience trying again while the store fails, before a task is given back
   * @param queue one call to the queue
   * @param outageAllowance rendering on while the queue is silent, beyond the lease's own length
   * @param registration waiting for the bundle to be registered at start
   * @param drain the whole of an orderly stop
   */
  public record Limits(
      Duration load,
      Duration row,
      Duration store,
      Duration storePatience,
      Duration queue,
      Duration outageAllowance,
      Duration registration,
      Duration drain) {
    public Limits {
      positive("limits.load", load);
      positive("limits.row", row);
      positive("limits.store", store);
      positive("limits.queue", queue);
      positive("limits.drain", drain);
      check(!storePatience.isNegative(), "limits.store_patience", storePatience, "0 or longer");
      check(!outageAllowance.isNegative(), "limits.outage_allowance", outageAllowance, "0 or more");
      check(!registration.isNegative(), "limits.registration", registration, "0 or longer");
    }

    /** What suits a small farm. */
    public static Limits defaults() {
      return new Limits(
          Duration.ofMinutes(10),
          Duration.ofMinutes(5),
          Duration.ofSeconds(30),
          Duration.ofMinutes(2),
          Duration.ofSeconds(5),
          Duration.ofMinutes(10),
          Duration.ofMinutes(1),
          Duration.ofSeconds(5));
    }

    private static void positive(String key, Duration value) {
      check(value.toMillis() > 0, key, value, "longer than 0");
    }
  }

  /** Four slots on the CPU, two previews a second. */
  public static WorkerConfig defaults() {
    return new WorkerConfig(4, "cpu", Duration.ofMillis(500), 128, Limits.defaults());
  }

  /** The same with another number of slots. */
  public WorkerConfig withSlots(int count) {
    return new WorkerConfig(count, device, previewInterval, previewSide, checkpoints, limits);
  }

  /** The same on another device. */
  public WorkerConfig withDevice(String name) {
    return new WorkerConfig(slots, name, previewInterval, previewSide, checkpoints, limits);
  }

  /** The same with another preview interval. */
  public WorkerConfig withPreviewInterval(Duration interval) {
    return new WorkerConfig(slots, device, interval, previewSide, checkpoints, limits);
  }

  /** The same with other deadlines. */
  public WorkerConfig withLimits(Limits other) {
    return new WorkerConfig(slots, device, previewInterval, previewSide, checkpoints, other);
  }

  /** The same with other checkpoints. */
  public WorkerConfig withCheckpoints(CheckpointConfig other) {
    return new WorkerConfig(slots, device, previewInterval, previewSide, other, limits);
  }

  private static void check(boolean holds, String key, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: " + expected + ")");
    }
  }
}
