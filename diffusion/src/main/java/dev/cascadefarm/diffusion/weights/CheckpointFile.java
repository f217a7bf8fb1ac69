package dev.cascadefarm.diffusion.weights;

import dev.cascadefarm.diffusion.stage.Checkpoint;
import dev.cascadefarm.diffusion.stage.CheckpointRefusedException;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Map;
import java.util.TreeMap;

/** A {@link Checkpoint} as a file in safetensors: F32, with row and origin in its metadata. */
public final class CheckpointFile {
  private static final String FORMAT = "format";
  private static final String VERSION = "checkpoint-1";
  private static final String ROW = "row";
  private static final String ORIGIN = "origin.";

  private CheckpointFile() {}

  /** The file's content; equal checkpoints have equal files. */
  public static byte[] format(Checkpoint checkpoint) {
    Map<String, String> metadata = new TreeMap<>();
    metadata.put(FORMAT, VERSION);
    metadata.put(ROW, Integer.toString(checkpoint.row()));
    checkpoint.origin().forEach((name, value) -> metadata.put(ORIGIN + name, value));
    return SafeTensors.format(checkpoint.tensors(), ElementType.F32, metadata);
  }

  /**
   * Reads a file's content.
   *
   * @param name of the file, for messages
   * @throws CheckpointRefusedException if it is damaged or nothing of the kind
   */
  public static Checkpoint parse(byte[] content, String name) {
    try {
      Map<String, String> metadata = SafeTensors.metadata(content, name);
      require(name, FORMAT, metadata.get(FORMAT), VERSION);
      Map<String, HostTensor> tensors = SafeTensors.parse(content, name);
      return new Checkpoint(origin(metadata), row(metadata, name), tensors);
    } catch (WeightsException | IllegalArgumentException e) {
      throw new CheckpointRefusedException(e.getMessage(), e);
    }
  }

  private static Map<String, String> origin(Map<String, String> metadata) {
    Map<String, String> origin = new TreeMap<>();
    metadata.forEach(
        (key, value) -> {
          if (key.startsWith(ORIGIN)) {
            origin.put(key.substring(ORIGIN.length()), value);
          }
        });
    return origin;
  }

  private static int row(Map<String, String> metadata, String name) {
    String row = metadata.getOrDefault(ROW, "");
    if (!row.matches("[1-9]\\d{0,8}")) {
      throw new WeightsException(name + ": row '" + row + "' (expected: a number >= 1)");
    }
    return Integer.parseInt(row);
  }

  private static void require(String file, String key, Object value, String expected) {
    if (!expected.equals(value)) {
      throw new WeightsException("%s: %s %s (expected: %s)".formatted(file, key, value, expected));
    }
  }
}
