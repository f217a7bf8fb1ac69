package dev.cascadefarm.diffusion.weights;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A new file that is hashed while it is written, so that nobody has to read it again. One block is
 * filled while others are hashed and written, by a thread each. Not thread-safe.
 */
final class HashedFile implements WritableByteChannel {
  private static final int BLOCK_BYTES = 4 << 20;
  private static final int BLOCKS = 3;

  /** What is done with a block: it is hashed, and it is written. */
  private static final int USES = 2;

  private final DiskFile file;
  private final List<Block> blocks = new ArrayList<>();
  private final MessageDigest digest;
  private final ExecutorService hashing = thread("file-hash");
  private final ExecutorService writing = thread("file-write");
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private int filling;
  private boolean open = true;

  private HashedFile(DiskFile file, MessageDigest digest, int blockBytes) {
    this.file = file;
    this.digest = digest;
    for (int i = 0; i < BLOCKS; i++) {
      blocks.add(new Block(DiskFile.block(blockBytes), new Semaphore(USES)));
    }
  }

  /** Bytes on their way; they may be filled anew while nobody uses them. */
  private record Block(ByteBuffer bytes, Semaphore unused) {}

  /**
   * Makes a file, or empties it.
   *
   * @param bytes that it will have, roughly
   */
  static HashedFile create(Path path, long bytes) throws IOException {
    long blocks = bytes / DiskFile.ALIGNMENT + 1;
    int blockBytes = (int) Math.min(BLOCK_BYTES, blocks * DiskFile.ALIGNMENT);
    return new HashedFile(DiskFile.create(path, bytes), sha256(), blockBytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  private static ExecutorService thread(String name) {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Takes all of it. */
  @Override
  public int write(ByteBuffer source) throws IOException {
    int count = source.remaining();
    while (source.hasRemaining()) {
      ByteBuffer room = blocks.get(filling).bytes();
      int piece = Math.min(room.remaining(), source.remaining());
      room.put(source.slice().limit(piece));
      source.position(source.position() + piece);
      if (!room.hasRemaining()) {
        handOn();
      }
    }
    return count;
  }

  /** Hands the filled block on and waits for the next one. */
  private void handOn() throws IOException {
    Block full = blocks.get(filling);
    full.unused().acquireUninterruptibly(USES);
    ByteBuffer bytes = full.bytes().flip();
    hashing.execute(() -> hash(full, bytes.duplicate()));
    writing.execute(() -> write(full, bytes.duplicate()));
    filling = (filling + 1) % BLOCKS;
    Block next = blocks.get(filling);
    await(next);
    next.bytes().clear();
  }

  private void hash(Block block, ByteBuffer bytes) {
    try {
      digest.update(bytes);
    } finally {
      block.unused().release();
    }
  }

  private void write(Block block, ByteBuffer bytes) {
    try {
      file.write(bytes);
    } catch (IOException | RuntimeException e) {
      failure.compareAndSet(null, e);
    } finally {
      block.unused().release();
    }
  }

  private void await(Block block) throws IOException {
    try {
      block.unused().acquire(USES);
      block.unused().release(USES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a file was written");
    }
    Exception failed = failure.get();
    if (failed != null) {
      throw new IOException(failed.getMessage(), failed);
    }
  }

  /**
   * Ends the file; it is on the disk then.
   *
   * @return SHA-256 (hex) of its bytes
   */
  String finish() throws IOException {
    handOn();
    for (Block each : blocks) {
      await(each);
    }
    file.finish();
    return HexFormat.of().formatHex(digest.digest());
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  /** Whether it was finished or not. */
  @Override
  public void close() throws IOException {
    open = false;
    hashing.shutdownNow();
    writing.shutdownNow();
    file.close();
  }
}
