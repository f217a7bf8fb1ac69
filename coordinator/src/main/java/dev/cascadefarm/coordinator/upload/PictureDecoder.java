package dev.cascadefarm.coordinator.upload;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Pixels from files and back, by Java's ImageIO, without files on disk. Thread-safe. */
final class PictureDecoder {
  private PictureDecoder() {}

  /**
   * Decodes a part of a picture.
   *
   * @throws InvalidPictureException if its pixels are damaged
   */
  static BufferedImage decode(PictureFile file, Rectangle part) {
    ImageReader reader = ImageIO.getImageReadersByMIMEType(file.type().mediaType()).next();
    AtomicBoolean warned = new AtomicBoolean();
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(file.essence()))) {
      reader.setInput(in, true, true);
      // Where pixels of a JPEG are missing, the decoder warns and makes some up.
      reader.addIIOReadWarningListener((source, warning) -> warned.set(true));
      ImageReadParam param = reader.getDefaultReadParam();
      param.setSourceRegion(part);
      BufferedImage image = reader.read(0, param);
      if (warned.get()) {
        throw PictureFile.damaged(file.type().name(), "damaged pixels");
      }
      return image;
    } catch (InvalidPictureException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Decoders answer damaged files with many an unchecked exception.
      throw new InvalidPictureException(
          InvalidPictureException.Reason.CONTENT,
          file.type().name() + " whose pixels cannot be read",
          "an undamaged file",
          e);
    } finally {
      reader.dispose();
    }
  }

  /** Encodes an RGB picture as PNG; nothing but its pixels is in the file. */
  static byte[] png(BufferedImage image) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(image);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("png: not written", e);
    } finally {
      writer.dispose();
    }
  }
}
