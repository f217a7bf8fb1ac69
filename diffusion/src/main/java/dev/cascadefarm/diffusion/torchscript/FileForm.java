package dev.cascadefarm.diffusion.torchscript;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;

/** Tells a TorchScript file from others that PyTorch's users have, by what is in them. */
final class FileForm {
  private static final String EXPORT =
      "a TorchScript file: torch.jit.trace(model.eval(), example).save(FILE)";
  private static final int HEAD_BYTES = 9;
  private static final long MOST_HEADER = 100_000_000;

  private FileForm() {}

  /**
   * Demands a zip file with code in it.
   *
   * @throws TorchScriptException saying what it is instead, and how to export a program
   */
  static void requireZip(Path path) {
    if (!Files.isRegularFile(path)) {
      throw refused(path, "missing");
    }
    try {
      byte[] head;
      try (InputStream in = Files.newInputStream(path)) {
        head = in.readNBytes(HEAD_BYTES);
      }
      if (head.length > 1 && head[0] == 'P' && head[1] == 'K') {
        requireCode(path);
      } else if (head.length > 1 && (head[0] & 0xFF) == 0x80) {
        throw refused(path, "a pickle, which holds no program");
      } else if (isSafeTensors(head)) {
        throw refused(path, "safetensors, weights without a program");
      } else {
        throw refused(path, "no zip file");
      }
    } catch (IOException e) {
      throw new TorchScriptException(
          "%s: %s (expected: %s)".formatted(path, e.getMessage(), EXPORT), e);
    }
  }

  private static boolean isSafeTensors(byte[] head) {
    if (head.length < HEAD_BYTES || head[HEAD_BYTES - 1] != '{') {
      return false;
    }
    long length = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
    return length > 0 && length < MOST_HEADER;
  }

  private static void requireCode(Path path) throws IOException {
    List<String> names;
    try (ZipFile zip = new ZipFile(path.toFile())) {
      names = zip.stream().map(each -> each.getName()).toList();
    }
    if (names.stream().anyMatch(each -> each.endsWith("archive_format"))) {
      throw refused(path, "a file of torch.export");
    }
    boolean pickled = names.stream().anyMatch(each -> each.endsWith("/data.pkl"));
    boolean code = names.stream().anyMatch(each -> each.contains("/code/"));
    if (!pickled || !code) {
      throw refused(path, pickled ? "a checkpoint of torch.save, without a program" : "a zip file");
    }
  }

  private static TorchScriptException refused(Path path, String found) {
    return new TorchScriptException("%s: %s (expected: %s)".formatted(path, found, EXPORT));
  }
}
