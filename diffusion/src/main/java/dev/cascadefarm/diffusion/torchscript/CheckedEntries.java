package dev.cascadefarm.diffusion.torchscript;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The entries of a zip file, each read with its checksum verified. Not thread-safe. */
final class CheckedEntries {
  /** Largest text or pickle; those of the largest models have some megabytes. */
  private static final int MOST_BYTES = 64 << 20;

  private static final int MOST_ENTRIES = 1 << 17;
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path path;
  private final ZipFile zip;

  CheckedEntries(Path path, ZipFile zip) {
    this.path = path;
    this.zip = zip;
    if (zip.size() > MOST_ENTRIES) {
      throw damaged(zip.size() + " entries", "at most " + MOST_ENTRIES);
    }
  }

  /** Names of all entries but folders. */
  List<String> names() {
    return zip.stream().filter(each -> !each.isDirectory()).map(ZipEntry::getName).toList();
  }

  /** The one folder that all entries are in, found by a file that must be there. */
  String folder(String file) {
    for (String each : names()) {
      if (each.endsWith("/" + file) && each.indexOf('/') == each.length() - file.length() - 1) {
        return each.substring(0, each.length() - file.length());
      }
    }
    throw damaged(file + ": missing", "what torch.jit.save writes");
  }

  String text(String name) throws IOException {
    return new String(bytes(name), StandardCharsets.UTF_8);
  }

  byte[] bytes(String name) throws IOException {
    ZipEntry entry = entry(name);
    if (entry.getSize() > MOST_BYTES) {
      throw damaged(name + ": " + entry.getSize() + " bytes", "at most " + MOST_BYTES);
    }
    try (CheckedInputStream in = open(entry)) {
      byte[] content = in.readNBytes(MOST_BYTES);
      require(in, entry, content.length);
      return content;
    }
  }

  void copy(String name, OutputStream out) throws IOException {
    ZipEntry entry = entry(name);
    try (CheckedInputStream in = open(entry)) {
      byte[] buffer = new byte[BUFFER_BYTES];
      long bytes = 0;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        bytes += read;
      }
      require(in, entry, bytes);
    }
  }

  private CheckedInputStream open(ZipEntry entry) throws IOException {
    InputStream in = zip.getInputStream(entry);
    return new CheckedInputStream(in, new CRC32());
  }

  private void require(CheckedInputStream in, ZipEntry entry, long bytes) {
    if (bytes != entry.getSize() || in.getChecksum().getValue() != entry.getCrc()) {
      throw damaged(entry.getName() + ": does not match its checksum", "a whole file");
    }
  }

  private ZipEntry entry(String name) {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      throw damaged(name + ": missing", "what torch.jit.save writes");
    }
    return entry;
  }

  private TorchScriptException damaged(String found, String expected) {
    return new TorchScriptException("%s: %s (expected: %s)".formatted(path, found, expected));
  }
}
