package dev.cascadefarm.worker.transfer;

import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.worker.image.PngCodec;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An output as a file in memory.
 *
 * @param output the bundle's name for it
 * @param file file name: the output's name and its format
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, never compared
record Encoded(String output, String file, String contentType, byte[] bytes) {

  /**
   * Encodes an output.
   *
   * @param words text chunks of a picture, by keyword
   */
  static Encoded of(String output, StageValue value, Map<String, String> words) {
    if (value instanceof StageValue.Image image) {
      byte[] png = PngCodec.encode(image.pixels(), words);
      return new Encoded(output, output + ".png", "image/png", png);
    }
    if (value instanceof StageValue.Tensors tensors) {
      byte[] file = SafeTensors.format(tensors.tensors(), ElementType.F32);
      return new Encoded(output, output + ".safetensors", "application/octet-stream", file);
    }
    byte[] text = ((StageValue.Text) value).text().getBytes(StandardCharsets.UTF_8);
    return new Encoded(output, output + ".txt", "text/plain; charset=utf-8", text);
  }

  /**
   * Decodes an input.
   *
   * @param media {@code text}, {@code image} or {@code tensors}
   * @throws TransferException if the bytes are nothing of the kind
   */
  static StageValue decode(String key, String media, byte[] bytes) {
    try {
      return switch (media) {
        case "image" -> new StageValue.Image(PngCodec.decode(bytes));
        case "tensors" -> new StageValue.Tensors(SafeTensors.parse(bytes, key));
        default -> new StageValue.Text(new String(bytes, StandardCharsets.UTF_8));
      };
    } catch (RuntimeException e) {
      throw new TransferException(key + ": not readable as " + media + ": " + e.getMessage(), e);
    }
  }
}
