package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.standalone.config.ConfigInput;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.pictures.ContactSheet;
import dev.cascadefarm.standalone.pictures.ContactSheet.Column;
import dev.cascadefarm.standalone.process.EmbeddedFarm;
import java.awt.Color;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way from one picture or caption to another, drawn by a whole farm that knows nothing. */
@Tag("integration")
class BlendCommandTest {
  private static final String CIRCLE = "a large red circle on a black background";
  private static final String STAR = "a small blue star on a white background";
  private static final int SIDE = 64;
  private static final String[] QUICK = {
    "--seed", "3", "--set", "decoder.steps=2", "--set", "sr64.steps=2"
  };

  @TempDir static Path directory;
  private static EmbeddedFarm farm;
  private static Path red;
  private static Path blue;

  private final Terminal terminal = new Terminal();

  @BeforeAll
  static void install() throws IOException {
    Terminal trainer = new Terminal();
    String work = directory.resolve("training").toString();
    String[] train = {"train", "clip", "prior", "decoder", "sr64", "--cascade", "tiny-unclip"};
    assertThat(trainer.run(directory, and(train, "--work", work))).as(trainer.err()).isZero();
    farm = EmbeddedFarm.start(config());
    red = picture("red.png", Color.RED);
    blue = picture("blue.png", Color.BLUE);
  }

  private static FarmConfig config() {
    Map<String, String> values =
        Map.of(
            "catalogue", directory.resolve("catalogue").toString(),
            "data", directory.resolve("data").toString(),
            "api.port", "0");
    return FarmConfig.load(new ConfigInput(null, directory, Map.of(), values));
  }

  @AfterAll
  static void close() {
    farm.close();
  }

  @Test
  void blend_twoPictures_sheetThatBeginsAndEndsAsTheirVariations() throws IOException {
    Path sheet = blended(red, blue, "--steps", "3");

    List<BufferedImage> steps = List.of(step("0"), step("0.5"), step("1"));
    assertThat(terminal.err()).contains("image: 1/1", "image-b: 1/1", "blend: 1/1");
    ContactSheet expected =
        ContactSheet.of(
            "seed 3: red.png to blue.png",
            List.of(
                column("0", steps.get(0)), column("0.5", steps.get(1)), column("1", steps.get(2))),
            3,
            1);
    assertThat(sheet).hasBinaryContent(expected.png());
    for (int i = 0; i < steps.size(); i++) {
      assertThat(shown(sheet, expected.cell(i, 0))).isEqualTo(pixels(steps.get(i)));
    }
    assertThat(pixels(steps.get(1)))
        .isNotEqualTo(pixels(steps.get(0)))
        .isNotEqualTo(pixels(steps.get(2)));
    assertThat(pixels(steps.get(0))).isEqualTo(varied(red));
    assertThat(pixels(steps.get(2))).isEqualTo(varied(blue));
  }

  @Test
  void blend_twoCaptions_priorMakesBothEmbeddings() throws IOException {
    String[] prior = {"--set", "prior.steps=3", "--set", "prior-b.steps=2"};
    blended(CIRCLE, STAR, and(prior, "--steps", "2"));

    assertThat(terminal.err())
        .contains("prior: 3/3", "prior-b: 2/2", "text-b: 1/1")
        .doesNotContain("image");
    int[] circle = pixels(step("0"));
    int[] star = pixels(step("1"));
    assertThat(circle).isNotEqualTo(star);
    String words = Files.readString(file("0"), StandardCharsets.ISO_8859_1);
    assertThat(words).contains("prompt_b", STAR, CIRCLE).doesNotContain("init_image");
    blended(CIRCLE, "a large green ring on a white background", and(prior, "--steps", "2"));
    assertThat(pixels(step("0"))).isEqualTo(circle);
  }

  @Test
  void blend_pictureAndCaption_sameBothWays() throws IOException {
    blended(red, STAR, "--steps", "2", "--set", "prior.steps=3");
    int[] picture = pixels(step("0"));
    int[] caption = pixels(step("1"));
    blended(STAR, red, "--steps", "2", "--set", "prior.steps=3");

    assertThat(picture).isEqualTo(varied(red)).isNotEqualTo(caption);
    assertThat(pixels(step("1"))).isEqualTo(picture);
    assertThat(pixels(step("0"))).isEqualTo(caption);
  }

  @Test
  void blend_whatCannotBeUsed_usageInOneLine() throws IOException {
    Path gif = Files.writeString(directory.resolve("moving.png"), "GIF89a");
    Path text = Files.writeString(directory.resolve("notes"), "no picture");

    assertRefused("--steps: 1 (expected: 2 to 64)", red, blue, "--steps", "1");
    assertRefused("--steps: 65 (expected: 2 to 64)", red, blue, "--steps", "65");
    assertRefused("B: %s: GIF (expected: a PNG or JPEG".formatted(gif), red, gif);
    assertRefused("A: %s: ".formatted(text), text, CIRCLE);
    assertRefused("B: none.png: missing (expected: a readable", red, "none.png");
    assertRefused("A: a \uFFFD circle (expected: valid UTF-8)", "a \uFFFD circle", red);
    assertRefused("--set: blend.fraction=1", red, blue, "--set", "blend.fraction=1");
    assertRefused("init_image_b: \"", red, red);
    assertRefused("(expected: another than prompt)", CIRCLE, CIRCLE);
    assertRefused("set.prior: unknown", red, blue, "--set", "prior.steps=3");
    assertRefused("prompt_b: \"\" (expected: string of 1 to 2000", CIRCLE, "");
  }

  @Test
  void blend_noSuchCascadeInAFarmOfItsOwn_usageNamesIt() {
    assertUsage(
        "cascade: \"other-blend\" (expected: one of",
        "blend",
        red.toString(),
        blue.toString(),
        "--cascade",
        "other");
  }

  @Test
  void render_halfOfABlend_usageNamesTheOtherHalf() {
    String[] pictures = rendered("tiny-unclip-blend");
    String[] mixed = rendered("tiny-unclip-blend-mixed");
    String[] captions = {"render", CIRCLE, "--cascade", "tiny-unclip-blend-captions"};

    assertUsage("init_image_b: missing (expected: the id of an upload, cascade", pictures);
    assertUsage("set.blend.fraction: 1.5", and(mixed, "--set", "blend.fraction=1.5"));
    assertUsage("prompt_b: missing (expected: words, cascade", and(captions, server()));
    assertUsage("init_image: ", rendered("tiny-unclip"));
  }

  private static String[] rendered(String cascade) {
    String[] render = {"render", CIRCLE, "--init-image", red.toString(), "--cascade", cascade};
    return and(render, server());
  }

  private static String[] server() {
    return new String[] {"--server", farm.address().toString()};
  }

  private void assertRefused(String message, Object a, Object b, String... more) {
    String[] blend = {"blend", a.toString(), b.toString(), "--cascade", "tiny-unclip"};
    assertUsage(message, and(and(blend, server()), more));
  }

  private void assertUsage(String message, String... arguments) {
    terminal.clear();
    assertThat(terminal.run(directory, arguments)).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err().lines()).hasSize(1).first().asString().contains(message);
    assertThat(terminal.out()).isEmpty();
  }

  private Path blended(Object a, Object b, String... more) {
    terminal.clear();
    String[] blend = {"blend", a.toString(), b.toString()};
    assertThat(terminal.run(directory, and(and(blend, fixed()), more))).as(terminal.err()).isZero();
    return Path.of(terminal.out().strip());
  }

  private static int[] varied(Path picture) throws IOException {
    Terminal terminal = new Terminal();
    String[] vary = {"vary", picture.toString()};
    assertThat(terminal.run(directory, and(vary, fixed()))).as(terminal.err()).isZero();
    return pixels(ImageIO.read(Path.of(terminal.out().strip()).toFile()));
  }

  private static String[] fixed() {
    String renders = directory.resolve("renders").toString();
    String[] place = {"--out", renders, "--cascade", "tiny-unclip"};
    return and(and(place, server()), QUICK);
  }

  /** The picture at a label, as it was saved. */
  private BufferedImage step(String label) throws IOException {
    return ImageIO.read(file(label).toFile());
  }

  private Path file(String label) {
    String start = label + ": job ";
    String job =
        terminal
            .err()
            .lines()
            .filter(line -> line.startsWith(start))
            .map(line -> line.substring(start.length()))
            .findFirst()
            .orElseThrow();
    return directory.resolve("renders").resolve(job).resolve("image-0.png");
  }

  private static Column column(String label, BufferedImage picture) {
    return new Column(label, List.of(picture), "");
  }

  /** What a cell of the sheet shows, taken back to the size of the picture. */
  private static int[] shown(Path sheet, Rectangle cell) throws IOException {
    BufferedImage image = ImageIO.read(sheet.toFile());
    int zoom = cell.width / SIDE;
    int[] pixels = new int[SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      int x = cell.x + i % SIDE * zoom;
      int y = cell.y + i / SIDE * zoom;
      pixels[i] = image.getRGB(x, y);
    }
    return pixels;
  }

  private static String[] and(String[] some, String... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }

  private static Path picture(String name, Color colour) throws IOException {
    return PictureFile.draw(directory.resolve(name), colour);
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }
}
