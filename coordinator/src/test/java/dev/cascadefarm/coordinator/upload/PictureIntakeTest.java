package dev.cascadefarm.coordinator.upload;

import static dev.cascadefarm.coordinator.upload.InvalidPictureException.Reason.CONTENT;
import static dev.cascadefarm.coordinator.upload.InvalidPictureException.Reason.TYPE;
import static dev.cascadefarm.coordinator.upload.TestPictures.bomb;
import static dev.cascadefarm.coordinator.upload.TestPictures.concat;
import static dev.cascadefarm.coordinator.upload.TestPictures.frame;
import static dev.cascadefarm.coordinator.upload.TestPictures.jpeg;
import static dev.cascadefarm.coordinator.upload.TestPictures.png;
import static dev.cascadefarm.coordinator.upload.TestPictures.read;
import static dev.cascadefarm.coordinator.upload.TestPictures.with;
import static dev.cascadefarm.coordinator.upload.TestPictures.withChunk;
import static dev.cascadefarm.coordinator.upload.TestPictures.withSegment;
import static dev.cascadefarm.coordinator.upload.TestPictures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.cascadefarm.coordinator.upload.InvalidPictureException.Reason;
import dev.cascadefarm.coordinator.upload.PictureIntake.Taken;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PictureIntakeTest {
  private static final String PNG = "image/png";
  private static final String JPEG = "image/jpeg";

  private final PictureIntake intake = new PictureIntake(UploadLimits.defaults());

  @ParameterizedTest
  @ValueSource(
      ints = {
        BufferedImage.TYPE_INT_RGB,
        BufferedImage.TYPE_3BYTE_BGR,
        BufferedImage.TYPE_4BYTE_ABGR,
        BufferedImage.TYPE_BYTE_INDEXED
      })
  void take_smallSquarePng_keepsEveryPixel(int type) {
    BufferedImage image = TestPictures.noise(16, 16, type);

    Taken taken = intake.take(write("png", image), PNG, Aspect.CENTRE_CROP);

    assertThat(taken).extracting(Taken::side, Taken::width, Taken::height).containsOnly(16);
    assertThat(pixels(read(taken.png()))).isEqualTo(pixels(image));
  }

  @Test
  void take_samePixelsInOtherFile_sameBytes() {
    byte[] png = png(16, 16);
    byte[] talkative = withChunk(png, "tEXt", "Comment\0hello".getBytes(StandardCharsets.US_ASCII));

    byte[] expected = take(png).png();

    assertThat(take(talkative).png()).isEqualTo(expected);
    assertThat(take(concat(png, new byte[100])).png()).isEqualTo(expected);
  }

  @Test
  void take_whatPixelsDoNotNeed_neverReachesTheDecoder() {
    byte[] png = withChunk(png(4, 4), "zTXt", new byte[1000]);
    byte[] jpeg = concat(withSegment(jpeg(4, 4), 0xe2, new byte[1000]), new byte[1000]);

    assertThat(PictureFile.read(png, UploadLimits.defaults()).essence()).isEqualTo(png(4, 4));
    assertThat(PictureFile.read(jpeg, UploadLimits.defaults()).essence()).isEqualTo(jpeg(4, 4));
  }

  @Test
  void take_wide_middleSquareOrAllOfItBetweenWhiteBars() {
    BufferedImage image = TestPictures.noise(20, 10, BufferedImage.TYPE_INT_RGB);
    byte[] png = write("png", image);

    Taken cropped = intake.take(png, PNG, Aspect.CENTRE_CROP);
    Taken fitted = intake.take(png, PNG, Aspect.FIT);

    assertThat(pixels(read(cropped.png()))).isEqualTo(pixels(image.getSubimage(5, 0, 10, 10)));
    assertThat(fitted.side()).isEqualTo(20);
    assertThat(fitted.height()).isEqualTo(10);
    BufferedImage whole = read(fitted.png());
    assertThat(pixels(whole.getSubimage(0, 5, 20, 10))).isEqualTo(pixels(image));
    assertThat(pixels(whole.getSubimage(0, 0, 20, 5))).containsOnly(0xffffffff);
    assertThat(pixels(whole.getSubimage(0, 15, 20, 5))).containsOnly(0xffffffff);
  }

  @Test
  void take_extremelyTall_stillHasAPixelOfWidth() {
    Taken fitted = intake.take(png(1, 4000), PNG, Aspect.FIT);

    assertThat(fitted.side()).isEqualTo(1024);
    assertThat(take(png(1, 4000)).side()).isEqualTo(1);
  }

  @Test
  void take_large_isShrunkToTheMeanOfItsAreas() {
    BufferedImage image = new BufferedImage(3072, 2048, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 3072; x++) {
      for (int y = 0; y < 2048; y++) {
        image.setRGB(x, y, x % 2 == 0 ? 0x00ff40 : 0x640040);
      }
    }

    Taken taken = take(write("png", image));

    assertThat(taken.side()).isEqualTo(1024);
    assertThat(taken.width()).isEqualTo(3072);
    assertThat(pixels(read(taken.png()))).containsOnly(0xff328040);
  }

  @Test
  void take_gray_keepsItsLevels() {
    BufferedImage gray = new BufferedImage(256, 256, BufferedImage.TYPE_BYTE_GRAY);
    BufferedImage deep = new BufferedImage(256, 256, BufferedImage.TYPE_USHORT_GRAY);
    for (int x = 0; x < 256; x++) {
      for (int y = 0; y < 256; y++) {
        gray.getRaster().setSample(x, y, 0, x);
        deep.getRaster().setSample(x, y, 0, x * 257);
      }
    }
    for (byte[] png : new byte[][] {write("png", gray), write("png", deep)}) {
      BufferedImage taken = read(take(png).png());
      for (int x = 0; x < 256; x++) {
        assertThat(taken.getRGB(x, 100) & 0xffffff).isEqualTo(x * 0x010101);
      }
    }
  }

  @Test
  void take_transparent_isLaidOverWhite() {
    BufferedImage image = new BufferedImage(3, 3, BufferedImage.TYPE_INT_ARGB);
    image.setRGB(0, 0, 0x00ff0000);
    image.setRGB(1, 0, 0x80ff0000);
    image.setRGB(2, 0, 0xffff0000);

    BufferedImage taken = read(take(write("png", image)).png());

    assertThat(Arrays.copyOf(pixels(taken), 3)).containsExactly(0xffffffff, 0xffff7f7f, 0xffff0000);
  }

  @ParameterizedTest
  @CsvSource({
    "1, ABCD", "2, BADC", "3, DCBA", "4, CDAB", "5, ACBD", "6, CADB", "7, DBCA", "8, BDAC"
  })
  void take_oriented_isTurnedUpright(int orientation, String seen) {
    BufferedImage quarters = quarters(64, 32);
    byte[] jpeg = withSegment(write("jpg", quarters), 0xe1, TestPictures.exif(orientation));
    byte[] png = withChunk(write("png", quarters), "eXIf", TestPictures.tiff(orientation));

    for (Taken taken :
        new Taken[] {
          intake.take(jpeg, JPEG, Aspect.CENTRE_CROP), intake.take(png, PNG, Aspect.CENTRE_CROP)
        }) {
      assertThat(corners(read(taken.png()))).isEqualTo(seen);
      assertThat(taken.width()).isEqualTo(orientation > 4 ? 32 : 64);
      assertThat(taken.height()).isEqualTo(orientation > 4 ? 64 : 32);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, -1})
  void take_unknownOrientation_isUpright(int orientation) {
    byte[] jpeg = withSegment(write("jpg", quarters(32, 32)), 0xe1, TestPictures.exif(orientation));

    assertThat(corners(read(intake.take(jpeg, JPEG, Aspect.FIT).png()))).isEqualTo("ABCD");
  }

  static Stream<Arguments> bad() {
    byte[] png = png(8, 8);
    byte[] jpeg = jpeg(8, 8);
    int frame = frame(jpeg);
    byte[] end = {(byte) 0xff, (byte) 0xd9};
    byte[] scan = {(byte) 0xff, (byte) 0xda, 0, 2};
    byte[] scans = new byte[4 * 100];
    for (int i = 0; i < 100; i++) {
      System.arraycopy(scan, 0, scans, 4 * i, 4);
    }
    return Stream.of(
        arguments("zero bytes", new byte[0], PNG, CONTENT, "0 bytes (expected: a PNG or JPEG"),
        arguments("one byte", new byte[1], PNG, TYPE, "no known form"),
        arguments("animated GIF", animatedGif(), PNG, TYPE, "GIF (expected: a PNG or JPEG"),
        arguments("GIF by its name", animatedGif(), "image/gif", TYPE, "Content-Type: image/gif"),
        arguments("BMP", write("bmp", quarters(4, 4)), PNG, TYPE, "BMP"),
        arguments("TIFF", write("tif", quarters(4, 4)), PNG, TYPE, "TIFF"),
        arguments("WebP", ascii("RIFF\0\0\0\0WEBPVP8 "), PNG, TYPE, "WebP"),
        arguments("SVG", ascii("<svg></svg>"), PNG, TYPE, "SVG"),
        arguments("text", ascii("hello"), PNG, TYPE, "no known form"),
        arguments("no type", png, null, TYPE, "Content-Type: missing (expected: image/png or"),
        arguments("form", png, "multipart/form-data; boundary=x", TYPE, "multipart/form-data"),
        arguments("PNG as JPEG", png, JPEG, TYPE, "image/jpeg, but the body is a PNG"),
        arguments("JPEG as PNG", jpeg, PNG, TYPE, "image/png, but the body is a JPEG"),
        arguments("only a signature", Arrays.copyOf(png, 8), PNG, CONTENT, "ends too early"),
        arguments("half a PNG", Arrays.copyOf(png, png.length / 2), PNG, CONTENT, "ends too early"),
        arguments("no end", Arrays.copyOf(png, png.length - 12), PNG, CONTENT, "ends too early"),
        arguments("flipped", with(png, 50, png[50] ^ 1), PNG, CONTENT, "checksum: IDAT"),
        arguments("bomb", bomb(40_000, 40_000), PNG, CONTENT, "40000x40000 pixels (expected: 1 to"),
        arguments("2^31 wide", bomb(1 << 31, 1), PNG, CONTENT, "2147483648x1 pixels"),
        arguments("-1 wide", bomb(-1, 1), PNG, CONTENT, "4294967295x1 pixels"),
        arguments("0 high", bomb(5, 0), PNG, CONTENT, "5x0 pixels (expected: 1 to 4096"),
        arguments("4097 high", bomb(1, 4097), PNG, CONTENT, "1x4097 pixels"),
        arguments("bomb cut", Arrays.copyOf(bomb(40_000, 1), 33), PNG, CONTENT, "40000x1 pixels"),
        arguments("nothing inside", bomb(8, 8), PNG, CONTENT, "PNG whose pixels cannot be read"),
        arguments("two headers", withChunk(png, "IHDR", new byte[13]), PNG, CONTENT, "its header"),
        arguments("APNG", withChunk(png, "acTL", new byte[8]), PNG, TYPE, "animated PNG"),
        arguments("half a JPEG", Arrays.copyOf(jpeg, jpeg.length / 2), JPEG, CONTENT, "too early"),
        arguments(
            "half a JPEG, ended",
            concat(Arrays.copyOf(jpeg(99, 99), 3000), end),
            JPEG,
            CONTENT,
            "damaged pixels"),
        arguments("no frame", concat(Arrays.copyOf(jpeg, 2), end), JPEG, CONTENT, "no picture"),
        arguments("wide JPEG", with(jpeg, frame + 7, 0xff), JPEG, CONTENT, "65288x8 pixels"),
        arguments("flat JPEG", with(jpeg, frame + 6, 0), JPEG, CONTENT, "8x0 pixels"),
        arguments("CMYK", with(jpeg, frame + 9, 4), JPEG, TYPE, "4 components"),
        arguments("12 bits", with(jpeg, frame + 4, 12), JPEG, TYPE, "12 bits"),
        arguments("lossless", with(jpeg, frame + 1, 0xc3), JPEG, TYPE, "process 3"),
        arguments(
            "scans", TestPictures.insert(jpeg, 2, scans), JPEG, CONTENT, "more than 64 scans"),
        arguments("between", TestPictures.insert(jpeg, 20, new byte[2]), JPEG, CONTENT, "between"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bad")
  void take_bad_isRefusedWithReasonAndExpectation(
      String name, byte[] file, @Nullable String type, Reason reason, String message) {
    assertThatThrownBy(() -> intake.take(file, type, Aspect.CENTRE_CROP))
        .isInstanceOfSatisfying(
            InvalidPictureException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message)
        .hasMessageContaining("(expected: ");
  }

  @Test
  void take_morePixelsThanAllowed_isRefusedThoughEachSideFits() {
    PictureIntake small = new PictureIntake(new UploadLimits(1 << 20, 16, 100, 1));

    assertThat(small.take(png(10, 10), PNG, Aspect.FIT).side()).isEqualTo(10);
    assertThatThrownBy(() -> small.take(png(11, 10), PNG, Aspect.FIT))
        .hasMessage("11x10, 110 pixels (expected: at most 100)");
    assertThatThrownBy(() -> small.take(png(17, 1), PNG, Aspect.FIT))
        .hasMessage("17x1 pixels (expected: 1 to 16 a side)");
  }

  @ParameterizedTest
  @ValueSource(strings = {PNG, JPEG})
  void take_cutAnywhere_isRefused(String type) {
    byte[] file = type.equals(PNG) ? png(9, 9) : jpeg(9, 9);
    for (int length = 0; length < file.length; length++) {
      byte[] cut = Arrays.copyOf(file, length);
      assertThatThrownBy(() -> intake.take(cut, type, Aspect.FIT))
          .as("%d of %d bytes", length, file.length)
          .isInstanceOf(InvalidPictureException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {PNG, JPEG})
  void take_spoiledAnywhere_isTakenOrRefused(String type) {
    byte[] file = type.equals(PNG) ? png(9, 9) : jpeg(9, 9);
    Random random = new Random(11);
    int refused = 0;
    for (int i = 0; i < 500; i++) {
      byte[] spoiled = file.clone();
      spoiled[random.nextInt(file.length)] ^= (byte) (1 + random.nextInt(255));
      try {
        intake.take(spoiled, type, Aspect.FIT);
      } catch (InvalidPictureException e) {
        refused++;
      }
    }
    assertThat(refused).isBetween(1, 500);
  }

  private Taken take(byte[] png) {
    return intake.take(png, PNG, Aspect.CENTRE_CROP);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Its first bytes and a second frame are all that anybody looks at. */
  private static byte[] animatedGif() {
    byte[] gif = write("gif", quarters(4, 4));
    return concat(
        Arrays.copyOf(gif, gif.length - 1),
        Arrays.copyOfRange(gif, 13, gif.length - 1),
        new byte[] {0x3b});
  }

  /** Red, green, blue and black in the middle square's corners. */
  private static BufferedImage quarters(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = image.createGraphics();
    Color[] colours = {Color.RED, Color.GREEN, Color.BLUE, Color.BLACK};
    for (int i = 0; i < 4; i++) {
      pen.setColor(colours[i]);
      pen.fillRect(i % 2 * width / 2, i / 2 * height / 2, width / 2, height / 2);
    }
    pen.dispose();
    return image;
  }

  private static String corners(BufferedImage image) {
    int near = image.getWidth() / 4;
    int far = image.getWidth() * 3 / 4;
    return ""
        + letter(image.getRGB(near, near))
        + letter(image.getRGB(far, near))
        + letter(image.getRGB(near, far))
        + letter(image.getRGB(far, far));
  }

  private static char letter(int rgb) {
    if ((rgb >> 16 & 0xff) > 128) {
      return 'A';
    }
    return (rgb >> 8 & 0xff) > 128 ? 'B' : (rgb & 0xff) > 128 ? 'C' : 'D';
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }
}
