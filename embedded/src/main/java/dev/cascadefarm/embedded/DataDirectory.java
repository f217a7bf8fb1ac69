package dev.cascadefarm.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The folder in which one farm keeps everything it must not lose, locked for as long as the farm
 * runs. The lock is the operating system's: it ends with the process, however that ends.
 *
 * <p>Safe for use by several threads.
 */
public final class DataDirectory implements AutoCloseable {

  private static final String LOCK_FILE = "farm.lock";
  private static final int MAX_PID_BYTES = 32;

  /*
   * POSIX drops all locks of a process on a file as soon as the process closes any descriptor of
   * it. So a folder held by this process must be recognised before its lock file is opened.
   * The lock itself covers one byte far behind the text, so that others can read who holds it
   * where locks are mandatory.
   */
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path root;
  private final FileLock lock;

  private DataDirectory(Path root, FileLock lock) {
    this.root = root;
    this.lock = lock;
  }

  /**
   * Creates the folder if it is missing, and locks it.
   *
   * @param root the folder
   * @throws DirectoryInUseException if another farm, in this process or another, holds it
   * @throws EmbeddedException if it cannot be created or written
   */
  public static DataDirectory open(Path root) {
    try {
      Path real = Files.createDirectories(root.toAbsolutePath()).toRealPath();
      DataDirectory directory = new DataDirectory(real, lock(real));
      Files.createDirectories(directory.redis());
      Files.createDirectories(directory.s3());
      return directory;
    } catch (IOException e) {
      throw new EmbeddedException(
          "data directory %s: %s (expected: a writable folder)".formatted(root, e), e);
    }
  }

  private static FileLock lock(Path root) throws IOException {
    if (!HELD_HERE.add(root)) {
      throw new DirectoryInUseException(root, ProcessHandle.current().pid());
    }
    boolean held = false;
    try {
      FileLock lock = lockForProcess(root);
      held = true;
      return lock;
    } finally {
      if (!held) {
        HELD_HERE.remove(root);
      }
    }
  }

  private static FileLock lockForProcess(Path root) throws IOException {
    FileChannel channel =
        FileChannel.open(
            root.resolve(LOCK_FILE),
            StandardOpenOption.CREATE,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE);
    FileLock lock = null;
    try {
      lock = channel.tryLock(Long.MAX_VALUE - 1, 1, false);
      if (lock == null) {
        throw new DirectoryInUseException(root, readPid(channel));
      }
      writePid(channel);
      return lock;
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
  }

  private static void writePid(FileChannel channel) throws IOException {
    byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
    channel.truncate(0);
    channel.write(ByteBuffer.wrap(pid), 0);
  }

  private static long readPid(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(MAX_PID_BYTES);
    channel.read(text, 0);
    String pid = new String(text.array(), 0, text.position(), StandardCharsets.US_ASCII).strip();
    return pid.matches("[0-9]{1,18}") ? Long.parseLong(pid) : 0;
  }

  /** Returns the folder itself, absolute and without links. */
  public Path root() {
    return root;
  }

  /** Returns the folder of the embedded Redis. */
  public Path redis() {
    return root.resolve("redis");
  }

  /** Returns the folder of the embedded S3 store. */
  public Path s3() {
    return root.resolve("s3");
  }

  /** Gives the folder free for another farm; what it holds stays. */
  @Override
  public synchronized void close() {
    if (!lock.acquiredBy().isOpen()) {
      return;
    }
    try {
      lock.acquiredBy().close();
      HELD_HERE.remove(root);
    } catch (IOException e) {
      throw new EmbeddedException("data directory %s: cannot unlock".formatted(root), e);
    }
  }
}
