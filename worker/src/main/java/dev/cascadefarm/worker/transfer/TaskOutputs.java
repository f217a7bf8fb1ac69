package dev.cascadefarm.worker.transfer;

import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.store.ArtifactKeys;
import dev.cascadefarm.diffusion.stage.StageValue;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * Stores what a task's sample gave: one file per output under keys of this attempt only, then the
 * manifest. Thread-safe.
 */
public final class TaskOutputs {
  private final Artifacts artifacts;
  private final WorkerExecutor codec;

  /**
   * Outputs into {@code artifacts}.
   *
   * @param codec encodes, off the event loop
   */
  public TaskOutputs(Artifacts artifacts, WorkerExecutor codec) {
    this.artifacts = artifacts;
    this.codec = codec;
  }

  /**
   * Encodes and stores all outputs.
   *
   * @param wanted whether the result is still of use; asked before trying again
   */
  public Future<Published> publish(
      LeasedTask task, Map<String, StageValue> outputs, BooleanSupplier wanted) {
    return codec
        .executeBlocking(() -> encode(task, outputs), false)
        .compose(files -> store(task, files, wanted));
  }

  private Future<Published> store(LeasedTask task, List<Encoded> files, BooleanSupplier wanted) {
    long encoded = System.nanoTime();
    ArtifactKeys keys = ArtifactKeys.of(task.tenant(), task.id(), task.attempt(), task.nonce());
    return artifacts
        .store(keys, files, wanted)
        .map(manifest -> new Published(manifest, encoded, System.nanoTime()));
  }

  private static List<Encoded> encode(LeasedTask task, Map<String, StageValue> outputs) {
    Map<String, String> words = PictureWords.of(task);
    return new TreeMap<>(outputs)
        .entrySet().stream()
            .map(output -> Encoded.of(output.getKey(), output.getValue(), words))
            .toList();
  }
}
