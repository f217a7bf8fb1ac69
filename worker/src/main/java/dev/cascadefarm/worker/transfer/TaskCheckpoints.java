package dev.cascadefarm.worker.transfer;

import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.store.ArtifactKeys;
import dev.cascadefarm.common.store.CheckpointKey;
import dev.cascadefarm.common.store.StoreException;
import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.CheckpointRefusedException;
import dev.cascadefarm.diffusion.weights.CheckpointFile;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Checkpoints in and out of the store, each under a key of its attempt that says its hash, and each
 * marked with the digest of the bundle it belongs to. Thread-safe.
 */
public final class TaskCheckpoints {
  private static final String BUNDLE = "bundle";

  private final String digest;
  private final Artifacts artifacts;
  private final WorkerExecutor codec;

  /**
   * Checkpoints of the tasks of one bundle.
   *
   * @param digest of the bundle
   * @param codec encodes and decodes, off the event loop
   */
  public TaskCheckpoints(String digest, Artifacts artifacts, WorkerExecutor codec) {
    this.digest = digest;
    this.artifacts = artifacts;
    this.codec = codec;
  }

  /**
   * A checkpoint that is in the store.
   *
   * @param bytes size of the object
   */
  public record Stored(CheckpointKey key, int bytes) {}

  /**
   * Encodes and stores a checkpoint; tried once.
   *
   * @return fails if the store does
   */
  public Future<Stored> store(LeasedTask task, Checkpoint checkpoint) {
    return codec
        .executeBlocking(() -> CheckpointFile.format(checkpoint.with(BUNDLE, digest)), false)
        .compose(file -> put(task, checkpoint.row(), file));
  }

  private Future<Stored> put(LeasedTask task, int row, byte[] file) {
    ArtifactKeys keys = ArtifactKeys.of(task.tenant(), task.id(), task.attempt(), task.nonce());
    return codec
        .executeBlocking(() -> CheckpointKey.of(keys, row, file), false)
        .compose(key -> artifacts.write(key.key(), file).map(new Stored(key, file.length)));
  }

  /**
   * Fetches the checkpoint that a task is to go on from.
   *
   * @param wanted whether the result is still of use; asked before trying again
   * @return fails with {@link CheckpointRefusedException} if it is gone, damaged or of another
   *     bundle, with {@link TransferException} if the store stays away
   */
  public Future<Checkpoint> fetch(LeasedTask task, String key, BooleanSupplier wanted) {
    return CheckpointKey.parse(task.tenant(), task.id(), key)
        .map(known -> fetch(known, wanted))
        .orElseGet(() -> refused(key + " (expected: a checkpoint of this task)", null));
  }

  private Future<Checkpoint> fetch(CheckpointKey key, BooleanSupplier wanted) {
    return artifacts
        .read(key.key(), key.sha256(), wanted)
        .compose(file -> codec.executeBlocking(() -> decode(key, file), false))
        .recover(error -> useless(key, error));
  }

  private Checkpoint decode(CheckpointKey key, byte[] file) {
    Checkpoint checkpoint = CheckpointFile.parse(file, key.key()).without(BUNDLE, digest);
    if (checkpoint.row() != key.row()) {
      throw new CheckpointRefusedException(
          "row: %d (expected: %d, as in its key)".formatted(checkpoint.row(), key.row()));
    }
    return checkpoint;
  }

  private static Future<Checkpoint> useless(CheckpointKey key, Throwable error) {
    if (error instanceof CheckpointRefusedException) {
      return Future.failedFuture(error);
    }
    if (error instanceof StoreException store && !store.retryable()) {
      return refused(error.getMessage(), error);
    }
    return Future.failedFuture(new TransferException(key.key() + ": " + error.getMessage(), error));
  }

  private static Future<Checkpoint> refused(String message, @Nullable Throwable cause) {
    return Future.failedFuture(
        cause == null
            ? new CheckpointRefusedException(message)
            : new CheckpointRefusedException(message, cause));
  }

  /** Deletes a checkpoint that nobody needs any more, if the store lets it; tried once. */
  public void discard(CheckpointKey key) {
    artifacts.discard(key.key());
  }
}
