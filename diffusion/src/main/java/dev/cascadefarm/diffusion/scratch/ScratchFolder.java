package dev.cascadefarm.diffusion.scratch;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A fresh folder that is deleted, with all that is in it, when it is closed. Its owner holds a lock
 * of the operating system's on a file in it, which ends with the process, however that ends: so a
 * later process knows what a killed one left behind, even where both have the same process id, as
 * in restarted containers.
 */
public final class ScratchFolder implements AutoCloseable {
  private static final String PREFIX = "cascade-farm-";

  /*
   * POSIX drops all locks of a process on a file as soon as the process closes any descriptor of
   * it. So a folder of this process must be recognised before its lock file is opened.
   */
  private static final String OURS =
      PREFIX
          + ProcessHandle.current().pid()
          + "-"
          + UUID.randomUUID().toString().substring(0, 8)
          + "-";

  private static final String LOCK_FILE = ".owner";

  private final Path path;
  private final FileChannel lock;

  private ScratchFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /** Makes a folder where the system keeps temporary files. */
  public static ScratchFolder create() throws IOException {
    return create(temporary());
  }

  static ScratchFolder create(Path parent) throws IOException {
    Path path = Files.createTempDirectory(parent, OURS);
    Path lockFile = path.resolve(LOCK_FILE);
    FileChannel lock =
        FileChannel.open(lockFile, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    lock.lock();
    if (Files.exists(lockFile)) {
      return new ScratchFolder(path, lock);
    }
    // another process took it for a leftover before it was locked
    lock.close();
    return create(parent);
  }

  /**
   * Folders whose owners are gone, taken over by this process; close each to delete it. Those that
   * may not be opened are passed over.
   */
  public static List<ScratchFolder> leftovers() throws IOException {
    return leftovers(temporary());
  }

  static List<ScratchFolder> leftovers(Path parent) throws IOException {
    List<Path> others;
    try (Stream<Path> all = Files.list(parent)) {
      others = all.filter(ScratchFolder::isAnothers).toList();
    }
    List<ScratchFolder> leftovers = new ArrayList<>();
    others.forEach(each -> takeOver(each).ifPresent(leftovers::add));
    return leftovers;
  }

  private static Path temporary() {
    return Path.of(System.getProperty("java.io.tmpdir"));
  }

  private static boolean isAnothers(Path path) {
    String name = path.getFileName().toString();
    return name.startsWith(PREFIX)
        && !name.startsWith(OURS)
        && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
  }

  private static Optional<ScratchFolder> takeOver(Path path) {
    try {
      FileChannel lock =
          FileChannel.open(
              path.resolve(LOCK_FILE), StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
      if (lock.tryLock() != null) {
        return Optional.of(new ScratchFolder(path, lock));
      }
      lock.close();
      return Optional.empty();
    } catch (IOException e) {
      // no lock file: not such a folder, or just deleted; no access: another user's
      return Optional.empty();
    }
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Deletes it; idempotent. */
  @Override
  public void close() throws IOException {
    if (!lock.isOpen()) {
      return;
    }
    try (lock) {
      for (Path each : content()) {
        Files.deleteIfExists(each);
      }
    }
    Files.deleteIfExists(path);
  }

  private List<Path> content() throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      return all.filter(each -> !each.equals(path)).sorted(Comparator.reverseOrder()).toList();
    }
  }
}
