package dev.cascadefarm.embedded;

import java.nio.file.Path;

/** The refusal to open a data directory that another farm holds. */
public final class DirectoryInUseException extends EmbeddedException {

  private final transient Path directory;
  private final long holderPid;

  DirectoryInUseException(Path directory, long holderPid) {
    super(
        "data directory %s: in use by %s (expected: one farm per directory)"
            .formatted(directory, holderPid > 0 ? "process " + holderPid : "another process"));
    this.directory = directory;
    this.holderPid = holderPid;
  }

  /** Returns the directory that is in use. */
  public Path directory() {
    return directory;
  }

  /** Returns the process id of the holder, or 0 if the holder has not written it. */
  public long holderPid() {
    return holderPid;
  }
}
