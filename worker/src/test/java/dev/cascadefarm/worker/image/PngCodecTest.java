package dev.cascadefarm.worker.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

class PngCodecTest {

  @Test
  void decode_whatWasEncoded_isTheSameAt255ths() {
    float[] data = new float[3 * 16 * 16];
    for (int i = 0; i < data.length; i++) {
      data[i] = (i * 7 % 256) / 255f;
    }
    HostTensor picture = HostTensor.of(data, 3, 16, 16);

    assertThat(PngCodec.decode(PngCodec.encode(picture, Map.of()))).isEqualTo(picture);
  }

  @Test
  void decode_pictureThatIsNotSquare_keepsRowsAndColumnsApart() {
    float[] data = {0, 1, 0, 0, 0, 0, /**/ 0, 0, 0, 0, 1, 0, /**/ 0, 0, 0, 0, 0, 1};
    HostTensor picture = HostTensor.of(data, 3, 2, 3);

    assertThat(PngCodec.decode(PngCodec.encode(picture, Map.of()))).isEqualTo(picture);
  }

  @Test
  void encode_valuesOutsideTheRange_areClampedAndRounded() {
    HostTensor picture = HostTensor.of(new float[] {-0.5f, 1.5f, 0.5f}, 3, 1, 1);

    assertThat(PngCodec.decode(PngCodec.encode(picture, Map.of())).data())
        .containsExactly(0f, 1f, 128 / 255f);
  }

  @Test
  void encode_notANumber_isRefused() {
    HostTensor picture = HostTensor.of(new float[] {0, Float.NaN, 0}, 3, 1, 1);

    assertThatThrownBy(() -> PngCodec.encode(picture, Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("NaN");
  }

  @Test
  void encode_text_isReadBackByAnotherReader() throws IOException {
    Map<String, String> text =
        Map.of("prompt", "a large red circle", "negative_prompt", "größe\n紅い円 🔴");

    assertThat(textOf(PngCodec.encode(gray(4), text))).containsExactlyInAnyOrderEntriesOf(text);
  }

  @Test
  void encode_sameWordsInAnotherOrder_givesTheSameBytes() {
    Map<String, String> one = new LinkedHashMap<>();
    one.put("seed", "7");
    one.put("prompt", "x");
    Map<String, String> other = new LinkedHashMap<>();
    other.put("prompt", "x");
    other.put("seed", "7");

    assertThat(PngCodec.encode(gray(4), one)).isEqualTo(PngCodec.encode(gray(4), other));
    assertThat(PngCodec.encode(gray(4), one))
        .isNotEqualTo(PngCodec.encode(gray(4), Map.of("prompt", "y", "seed", "7")));
  }

  @Test
  void decode_sideBeyondTheLimit_isRefusedBeforeItsPixelsAreRead() throws IOException {
    byte[] wide = imageIoPng(new BufferedImage(4097, 1, BufferedImage.TYPE_INT_RGB));

    assertThatThrownBy(() -> PngCodec.decode(wide))
        .isInstanceOf(MalformedImageException.class)
        .hasMessageContaining("width: 4097");
  }

  @Test
  void decode_headerThatPromisesGigabytes_isRefused() throws IOException {
    byte[] png = imageIoPng(new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB));
    png[16] = 0x7f; // the width's highest byte

    assertThatThrownBy(() -> PngCodec.decode(png)).isInstanceOf(MalformedImageException.class);
  }

  @Test
  void decode_grayOrGarbageOrCutShort_isRefused() throws IOException {
    byte[] gray = imageIoPng(new BufferedImage(2, 2, BufferedImage.TYPE_BYTE_GRAY));
    byte[] whole = PngCodec.encode(gray(64), Map.of());

    assertThatThrownBy(() -> PngCodec.decode(gray)).isInstanceOf(MalformedImageException.class);
    assertThatThrownBy(() -> PngCodec.decode(new byte[] {1, 2, 3}))
        .isInstanceOf(MalformedImageException.class);
    assertThatThrownBy(() -> PngCodec.decode(new byte[0]))
        .isInstanceOf(MalformedImageException.class);
    assertThatThrownBy(() -> PngCodec.decode(java.util.Arrays.copyOf(whole, 40)))
        .isInstanceOf(MalformedImageException.class);
  }

  private static HostTensor gray(int side) {
    float[] data = new float[3 * side * side];
    java.util.Arrays.fill(data, 0.5f);
    return HostTensor.of(data, 3, side, side);
  }

  private static byte[] imageIoPng(BufferedImage image) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }

  private static Map<String, String> textOf(byte[] png) throws IOException {
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try (var in = new MemoryCacheImageInputStream(new ByteArrayInputStream(png))) {
      reader.setInput(in);
      Element tree = (Element) reader.getImageMetadata(0).getAsTree("javax_imageio_png_1.0");
      Map<String, String> text = new TreeMap<>();
      collect(tree.getElementsByTagName("tEXtEntry"), "value", text);
      collect(tree.getElementsByTagName("iTXtEntry"), "text", text);
      return text;
    } finally {
      reader.dispose();
    }
  }

  private static void collect(NodeList entries, String attribute, Map<String, String> into) {
    for (int i = 0; i < entries.getLength(); i++) {
      Element entry = (Element) entries.item(i);
      into.put(entry.getAttribute("keyword"), entry.getAttribute(attribute));
    }
  }
}
