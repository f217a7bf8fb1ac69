package dev.cascadefarm.worker.transfer;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The artifacts that a process stored or fetched last, up to a number of bytes. Objects never
 * change under their key, so what is here is what the store has: siblings of a job do not fetch
 * their common inputs again, and stages of one process hand over without a download. Thread-safe.
 */
public final class ArtifactCache {
  private final long capacityBytes;
  private final Map<String, byte[]> entries = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /**
   * An empty cache.
   *
   * @param capacityBytes 0 keeps nothing
   */
  public ArtifactCache(long capacityBytes) {
    this.capacityBytes = capacityBytes;
  }

  synchronized byte @Nullable [] get(String key) {
    return entries.get(key);
  }

  // One large object must not push out everything else.
  synchronized void put(String key, byte[] content) {
    if (content.length > capacityBytes / 4) {
      return;
    }
    byte[] before = entries.put(key, content);
    bytes += content.length - (before == null ? 0 : before.length);
    Iterator<byte[]> oldest = entries.values().iterator();
    while (bytes > capacityBytes) {
      bytes -= oldest.next().length;
      oldest.remove();
    }
  }

  synchronized void remove(String key) {
    byte[] before = entries.remove(key);
    bytes -= before == null ? 0 : before.length;
  }

  /** What it holds now, in bytes. */
  public synchronized long bytes() {
    return bytes;
  }
}
