package dev.cascadefarm.e2e.client;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/**
 * A PNG file as the format's own document describes it: every chunk's check sum is checked.
 *
 * @param text the uncompressed text chunks by keyword
 */
public record Png(int width, int height, Map<String, String> text) {
  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

  /** Reads a file and its pixels. */
  public static Png read(byte[] file) throws IOException {
    BufferedImage pixels = ImageIO.read(new ByteArrayInputStream(file));
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(file));
    if (!Arrays.equals(in.readNBytes(SIGNATURE.length), SIGNATURE)) {
      throw new IOException("not a PNG");
    }
    Map<String, String> text = new TreeMap<>();
    String type;
    do {
      byte[] data = new byte[in.readInt() + 4];
      // The sum covers the type and the data, not the length.
      in.readFully(data);
      type = new String(data, 0, 4, StandardCharsets.US_ASCII);
      check(type, data, in.readInt());
      text(type, Arrays.copyOfRange(data, 4, data.length), text);
    } while (!type.equals("IEND"));
    return new Png(pixels.getWidth(), pixels.getHeight(), text);
  }

  private static void check(String type, byte[] data, int expected) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(data);
    if ((int) sum.getValue() != expected) {
      throw new IOException("chunk " + type + ": wrong check sum");
    }
  }

  private static void text(String type, byte[] data, Map<String, String> text) {
    if (type.equals("tEXt")) {
      put(data, end(data, 0) + 1, StandardCharsets.ISO_8859_1, text);
    } else if (type.equals("iTXt")) {
      int language = end(data, 0) + 3;
      int translated = end(data, language) + 1;
      put(data, end(data, translated) + 1, StandardCharsets.UTF_8, text);
    }
  }

  private static void put(byte[] data, int from, Charset charset, Map<String, String> text) {
    String keyword = new String(data, 0, end(data, 0), StandardCharsets.ISO_8859_1);
    text.put(keyword, new String(data, from, data.length - from, charset));
  }

  private static int end(byte[] data, int from) {
    int at = from;
    while (data[at] != 0) {
      at++;
    }
    return at;
  }
}
