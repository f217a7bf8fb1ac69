package dev.cascadefarm.worker.image;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOInvalidTreeException;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Turns pictures {@code (3, H, W)} in [0, 1] into 8-bit RGB PNG files and back. The bytes depend on
 * the pixels and the text chunks only. Thread-safe.
 */
public final class PngCodec {
  /** The longest side that is decoded, in pixels. */
  public static final int MAX_SIDE = 4096;

  private static final String FORMAT = "javax_imageio_png_1.0";

  private PngCodec() {}

  /**
   * Encodes a picture.
   *
   * @param pixels {@code (3, H, W)}; values are clamped to [0, 1] and rounded to 255ths
   * @param text text chunks by keyword (1 to 79 ASCII characters), written in keyword order
   */
  public static byte[] encode(HostTensor pixels, Map<String, String> text) {
    BufferedImage image = toImage(pixels);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(new IIOImage(image, null, metadata(writer, image, text)));
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("png: not written", e);
    } finally {
      writer.dispose();
    }
  }

  /**
   * Decodes a PNG file; its size is checked before its pixels are read.
   *
   * @return {@code (3, H, W)} in [0, 1]
   * @throws MalformedImageException if {@code png} is no PNG, too large, or not 8-bit RGB or RGBA
   */
  public static HostTensor decode(byte[] png) {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
      reader.setInput(in, true, true);
      checkSide("width", reader.getWidth(0));
      checkSide("height", reader.getHeight(0));
      return toTensor(reader.read(0).getRaster());
    } catch (MalformedImageException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // The reader answers damaged files with many an unchecked exception.
      throw new MalformedImageException("png: unreadable (expected: an 8-bit RGB PNG)", e);
    } finally {
      reader.dispose();
    }
  }

  private static void checkSide(String side, int pixels) {
    if (pixels < 1 || pixels > MAX_SIDE) {
      throw new MalformedImageException(
          "png: " + side + ": " + pixels + " (expected: 1 to " + MAX_SIDE + ")");
    }
  }

  private static BufferedImage toImage(HostTensor pixels) {
    long[] shape = pixels.shape();
    if (shape.length != 3 || shape[0] != 3) {
      throw new IllegalArgumentException("picture: " + pixels + " (expected: shape (3, H, W))");
    }
    int height = Math.toIntExact(shape[1]);
    int width = Math.toIntExact(shape[2]);
    int plane = height * width;
    float[] data = pixels.data();
    int[] rgb = new int[plane];
    for (int i = 0; i < plane; i++) {
      rgb[i] = level(data[i]) << 16 | level(data[plane + i]) << 8 | level(data[2 * plane + i]);
    }
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.getRaster().setDataElements(0, 0, width, height, rgb);
    return image;
  }

  private static int level(float value) {
    if (Float.isNaN(value)) {
      throw new IllegalArgumentException("pixel: NaN (expected: a number)");
    }
    return Math.round(255f * Math.max(0f, Math.min(1f, value)));
  }

  private static HostTensor toTensor(Raster raster) {
    int bands = raster.getNumBands();
    if (bands < 3 || raster.getSampleModel().getSampleSize(0) != 8) {
      throw new MalformedImageException(
          "png: " + bands + " channels (expected: 3 or 4 channels of 8 bits)");
    }
    int height = raster.getHeight();
    int width = raster.getWidth();
    int plane = height * width;
    float[] data = new float[3 * plane];
    for (int channel = 0; channel < 3; channel++) {
      int[] samples = raster.getSamples(0, 0, width, height, channel, (int[]) null);
      for (int i = 0; i < plane; i++) {
        data[channel * plane + i] = samples[i] / 255f;
      }
    }
    return HostTensor.of(data, 3, height, width);
  }

  private static IIOMetadata metadata(
      ImageWriter writer, BufferedImage image, Map<String, String> text)
      throws IIOInvalidTreeException {
    IIOMetadata metadata =
        writer.getDefaultImageMetadata(
            ImageTypeSpecifier.createFromRenderedImage(image), writer.getDefaultWriteParam());
    IIOMetadataNode root = new IIOMetadataNode(FORMAT);
    IIOMetadataNode latin = new IIOMetadataNode("tEXt");
    IIOMetadataNode international = new IIOMetadataNode("iTXt");
    new TreeMap<>(text)
        .forEach(
            (keyword, words) -> {
              if (words.chars().allMatch(c -> c >= 0x20 && c < 0x7f)) {
                latin.appendChild(latinEntry(keyword, words));
              } else {
                international.appendChild(internationalEntry(keyword, words));
              }
            });
    appendUnlessEmpty(root, latin);
    appendUnlessEmpty(root, international);
    metadata.mergeTree(FORMAT, root);
    return metadata;
  }

  private static IIOMetadataNode latinEntry(String keyword, String words) {
    IIOMetadataNode entry = new IIOMetadataNode("tEXtEntry");
    entry.setAttribute("keyword", keyword);
    entry.setAttribute("value", words);
    return entry;
  }

  private static IIOMetadataNode internationalEntry(String keyword, String words) {
    IIOMetadataNode entry = new IIOMetadataNode("iTXtEntry");
    entry.setAttribute("keyword", keyword);
    entry.setAttribute("compressionFlag", "FALSE");
    entry.setAttribute("compressionMethod", "0");
    entry.setAttribute("languageTag", "");
    entry.setAttribute("translatedKeyword", "");
    entry.setAttribute("text", words);
    return entry;
  }

  private static void appendUnlessEmpty(IIOMetadataNode root, IIOMetadataNode entries) {
    if (entries.hasChildNodes()) {
      root.appendChild(entries);
    }
  }
}
