package dev.cascadefarm.common.store;

import dev.cascadefarm.common.job.TaskId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a checkpoint lies: among the objects of the attempt that wrote it, as {@code
 * checkpoint-ROW-SHA256.safetensors}. So whoever is handed the key knows how far the checkpoint
 * reaches and can tell whether it is whole.
 *
 * @param key in the store
 * @param row rows that the sample had finished, at least 1
 * @param sha256 hash (hex) of the object
 */
public record CheckpointKey(String key, int row, String sha256) {
  private static final Pattern NAME =
      Pattern.compile("\\d+-[^/]+/checkpoint-([1-9]\\d{0,8})-([0-9a-f]{64})\\.safetensors");

  /** The key of an attempt's checkpoint. */
  public static CheckpointKey of(ArtifactKeys attempt, int row, byte[] content) {
    String sha256 = Sha256.hex(content);
    String name = "checkpoint-%d-%s.safetensors".formatted(row, sha256);
    return new CheckpointKey(attempt.key(name), row, sha256);
  }

  /** Reads the key of a checkpoint of any attempt at a task; empty if it is nothing of the kind. */
  public static Optional<CheckpointKey> parse(String tenant, TaskId task, String key) {
    String prefix = ArtifactKeys.taskPrefix(tenant, task);
    if (!key.startsWith(prefix)) {
      return Optional.empty();
    }
    Matcher name = NAME.matcher(key.substring(prefix.length()));
    return name.matches()
        ? Optional.of(new CheckpointKey(key, Integer.parseInt(name.group(1)), name.group(2)))
        : Optional.empty();
  }
}
