package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pictures of one's own, enlarged by a whole farm with a cascade that knows nothing. */
@Tag("integration")
class EnlargeTest {
  private static final String CAPTION =
      "a large red circle above a small blue square on a black background";

  @TempDir static Path directory;

  private final Terminal terminal = new Terminal();

  @BeforeAll
  static void install() throws IOException {
    EnlargeTest test = new EnlargeTest();
    String work = directory.resolve("training").toString();
    assertThat(test.run("train", "text", "base", "sr64", "--cascade", "tiny", "--work", work))
        .as(test.terminal.err())
        .isZero();
    Path shipped = Path.of("..", "catalogue", "cascades", "scenes-enlarge.yaml");
    Files.writeString(
        directory.resolve("catalogue/cascades/tiny-enlarge.yaml"),
        Files.readString(shipped).replace("scenes-", "tiny-").replace("@2", "@1"));
  }

  @Test
  void render_whatTheBaseStageDrew_enlargedToTheSamePixels() throws IOException {
    Path drawn = rendered("--cascade", "tiny", "--set", "base.steps=2");
    Path small = drawn.resolveSibling("image-0.base.png");

    Path enlarged = enlarged(small);

    assertThat(pixels(enlarged)).isEqualTo(pixels(drawn)).hasSize(64 * 64);
    assertThat(terminal.err())
        .contains("text: 1/1 steps", "sr64: 2/2 steps")
        .doesNotContain("base:");
  }

  @Test
  void render_otherPictureOtherFormOrOtherAspect_otherPixels() throws IOException {
    Path small = picture("small.png", 16, 16);
    Path wide = picture("wide.jpg", 40, 16);

    int[] first = pixels(enlarged(small));

    assertThat(pixels(enlarged(small))).isEqualTo(first);
    int[] cropped = pixels(enlarged(wide));
    assertThat(cropped).isNotEqualTo(first);
    assertThat(pixels(enlarged(wide, "--init-aspect", "fit"))).isNotEqualTo(cropped);
  }

  @Test
  void sweep_withPicture_everyJobStartsFromIt() throws IOException {
    Path small = picture("small.png", 16, 16);

    assertThat(enlarge(small, "--sweep", "sr64.aug=0.0,0.9")).as(terminal.err()).isZero();

    assertThat(terminal.out()).contains("sheet.png");
  }

  @Test
  void score_cascadeThatStartsFromAPicture_isGivenTheScenesOwn() {
    String[] score = {"score", "--cascade", "tiny-enlarge", "--count", "3"};

    assertThat(run(score)).as(terminal.err()).isZero();

    assertThat(terminal.out()).contains("exact, all", "exact, swapped");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none.png     | none.png: missing (expected: a readable PNG or JPEG file)
          .            | not a file (expected: a readable PNG or JPEG file)
          empty.png    | 0 bytes (expected: a PNG or JPEG picture)
          text.png     | bytes of no known form (expected: a PNG or JPEG picture)
          moving.png   | GIF (expected: a PNG or JPEG picture)
          huge.png     | 8388609 bytes (expected: at most 8388608)
          cut.png      | PNG that ends too early (expected: a whole file)
          """)
  void render_badFile_usageInOneLine(String name, String message) throws IOException {
    byte[] sound = Files.readAllBytes(picture("sound.png", 16, 16));
    Files.write(directory.resolve("empty.png"), new byte[0]);
    Files.writeString(directory.resolve("text.png"), "hello");
    Files.writeString(directory.resolve("moving.png"), "GIF89a");
    Files.write(directory.resolve("huge.png"), Arrays.copyOf(sound, 8_388_609));
    Files.write(directory.resolve("cut.png"), Arrays.copyOf(sound, sound.length / 2));

    assertThat(enlarge(directory.resolve(name))).isEqualTo(ExitCode.USAGE);

    assertThat(terminal.err().lines()).hasSize(1).first().asString().contains(message);
    assertThat(terminal.out()).isEmpty();
  }

  @Test
  void render_optionsThatDoNotFit_usageInOneLine() throws IOException {
    Path small = picture("small.png", 16, 16);

    assertRefused("init_image: missing (expected: the id of an upload", "tiny-enlarge");
    assertRefused("absent, cascade tiny takes none", "tiny", "--init-image", small.toString());
    assertRefused(
        "--init-aspect: fit (expected: with --init-image)", "tiny", "--init-aspect", "fit");
    assertRefused(
        "--init-aspect: stretch (expected: centre-crop or fit)",
        "tiny-enlarge",
        "--init-image",
        small.toString(),
        "--init-aspect",
        "stretch");
  }

  private void assertRefused(String message, String cascade, String... arguments) {
    terminal.clear();
    String[] command = {"render", CAPTION, "--cascade", cascade};
    assertThat(run(and(command, arguments))).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err().lines()).hasSize(1).first().asString().contains(message);
  }

  private Path enlarged(Path small, String... more) {
    terminal.clear();
    assertThat(enlarge(small, more)).as(terminal.err()).isZero();
    return Path.of(terminal.out().strip());
  }

  private int enlarge(Path small, String... more) {
    String[] picture = {"--cascade", "tiny-enlarge", "--init-image", small.toString()};
    return run(and(command(), and(picture, more)));
  }

  private Path rendered(String... more) {
    assertThat(run(and(command(), more))).as(terminal.err()).isZero();
    return Path.of(terminal.out().strip());
  }

  private static String[] command() {
    String renders = directory.resolve("renders").toString();
    return new String[] {
      "render", CAPTION, "--seed", "3", "--out", renders, "--set", "sr64.steps=2"
    };
  }

  private static String[] and(String[] some, String... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }

  private static Path picture(String name, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; y++) {
        image.setRGB(x, y, new Color(x * 6, y * 15, 64).getRGB());
      }
    }
    Path file = directory.resolve(name);
    ImageIO.write(image, name.substring(name.indexOf('.') + 1), file.toFile());
    return file;
  }

  private static int[] pixels(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  private int run(String... arguments) {
    return terminal.run(directory, arguments);
  }
}
