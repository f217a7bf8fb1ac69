package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.Catalogue;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An unCLIP that knows nothing, trained, run from captions and from pictures by a whole farm. */
@Tag("integration")
class UnclipTest {
  private static final String CAPTION = "a large red circle on a black background";

  /** Of a seed whose first candidate is not the best one of eight. */
  private static final String[] QUICK = {
    "--seed", "4", "--set", "decoder.steps=2", "--set", "sr64.steps=2"
  };

  @TempDir static Path directory;

  private final Terminal terminal = new Terminal();

  @BeforeAll
  static void install() {
    Terminal trainer = new Terminal();
    String[] train = {"train", "clip", "prior", "decoder", "sr64"};
    assertThat(trainer.run(directory, and(train, training("training")))).as(trainer.err()).isZero();
  }

  private static String[] training(String folder) {
    return new String[] {
      "--cascade", "tiny-unclip", "--work", directory.resolve(folder).toString()
    };
  }

  @BeforeEach
  void forget() {
    terminal.clear();
  }

  @Test
  void render_caption_throughAllFourStages() throws IOException {
    int[] picture = pixels(rendered());

    assertThat(picture).hasSize(64 * 64);
    assertThat(terminal.err())
        .contains("text: 1/1", "prior: 3/3", "decoder: 2/2", "sr64: 2/2")
        .doesNotContain("unknown");
    assertThat(pixels(rendered())).isEqualTo(picture);
    assertThat(pixels(rendered("--negative", "a small blue star"))).isNotEqualTo(picture);
    assertThat(pixels(rendered("--set", "prior.guidance=1"))).isNotEqualTo(picture);
  }

  @Test
  void render_candidates_oneIsAsNone() throws IOException {
    int[] picture = pixels(rendered());

    assertThat(pixels(rendered("--set", "prior.candidates=1"))).isEqualTo(picture);
    assertThat(pixels(rendered("--set", "prior.candidates=8"))).isNotEqualTo(picture);
    assertThat(run("render", CAPTION, "--cascade", "tiny-unclip", "--set", "prior.candidates=17"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("set.prior.candidates: 17");
  }

  @Test
  void vary_picture_asManyAsAskedForAndNoWordsInThem() throws IOException {
    Path picture = picture("red.png", Color.RED);

    List<Path> two = varied(picture, "-n", "2");

    assertThat(terminal.err())
        .contains("image: 1/1", "decoder: 4/4", "sr64: 4/4")
        .doesNotContain("text:", "prior:");
    assertThat(two).hasSize(2);
    assertThat(pixels(two.get(0))).hasSize(64 * 64).isNotEqualTo(pixels(two.get(1)));
    assertThat(pixels(varied(picture).get(0))).isEqualTo(pixels(two.get(0)));
    assertThat(pixels(varied(picture("blue.png", Color.BLUE)).get(0)))
        .isNotEqualTo(pixels(two.get(0)));
    String file = new String(Files.readAllBytes(two.get(0)), StandardCharsets.ISO_8859_1);
    assertThat(file).contains("init_image").doesNotContain("prompt", "a variation");
  }

  @Test
  void vary_whatCannotBeUsed_usageInOneLine() throws IOException {
    byte[] sound = Files.readAllBytes(picture("sound.png", Color.RED));
    Path cut = Files.write(directory.resolve("cut.png"), Arrays.copyOf(sound, sound.length / 2));
    Path gif = Files.writeString(directory.resolve("moving.png"), "GIF89a");

    assertRefused("IMAGE: %s: GIF (expected: a PNG or JPEG picture)".formatted(gif), gif);
    assertRefused("PNG that ends too early (expected: a whole file)", cut);
    assertRefused("none.png: missing (expected: a readable PNG", directory.resolve("none.png"));
    Path wide = directory.resolve("sound.png");
    assertRefused("cascade: \"other-vary\" (expected: one of", wide, "--cascade", "other");
    assertRefused("set.prior: unknown", wide, "--set", "prior.steps=3");
  }

  @Test
  void train_lastModelResumed_allCascadesAreThere() {
    String home = directory.resolve("late").toString();
    for (String model : List.of("clip", "prior", "decoder", "sr64")) {
      forget();
      assertThat(Path.of(home, "cascades")).doesNotExist();
      String[] command = and(new String[] {"train", model, "--resume"}, training("late-work"));
      assertThat(run(and(command, "--catalogue", home))).as(terminal.err()).isZero();
    }
    assertThat(Catalogue.read(Path.of(home)).cascades())
        .extracting(Cascade::name)
        .containsExactly(
            "tiny-unclip",
            "tiny-unclip-blend",
            "tiny-unclip-blend-captions",
            "tiny-unclip-blend-mixed",
            "tiny-unclip-vary");
  }

  @Test
  void train_modelBeforeTheClip_refusedByName() {
    Path empty = directory.resolve("empty");
    for (String model : List.of("prior", "decoder", "sr64")) {
      forget();
      String[] command = and(new String[] {"train", model}, training("elsewhere"));
      assertThat(run(and(command, "--catalogue", empty.toString()))).isEqualTo(ExitCode.FAILED);
      assertThat(terminal.err().lines().toList())
          .last()
          .asString()
          .contains("tiny-unclip-text/1/stage.json: missing (expected: train clip first)");
    }
    assertThat(empty).doesNotExist();
  }

  private void assertRefused(String message, Path picture, String... more) {
    forget();
    assertThat(vary(picture, more)).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err().lines()).hasSize(1).first().asString().contains(message);
    assertThat(terminal.out()).isEmpty();
  }

  private Path rendered(String... more) {
    forget();
    String[] command = {"render", CAPTION, "--set", "prior.steps=3"};
    assertThat(run(and(command, options(more)))).as(terminal.err()).isZero();
    return Path.of(terminal.out().strip());
  }

  private List<Path> varied(Path picture, String... more) {
    forget();
    assertThat(vary(picture, more)).as(terminal.err()).isZero();
    return terminal.out().lines().map(Path::of).toList();
  }

  private int vary(Path picture, String... more) {
    return run(and(new String[] {"vary", picture.toString()}, options(more)));
  }

  private static String[] options(String... more) {
    String renders = directory.resolve("renders").toString();
    String[] cascade = {"--out", renders, "--cascade", "tiny-unclip"};
    boolean other = Arrays.asList(more).contains("--cascade");
    return and(other ? Arrays.copyOf(cascade, 2) : cascade, and(QUICK, more));
  }

  private static String[] and(String[] some, String... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }

  private static Path picture(String name, Color colour) throws IOException {
    return PictureFile.draw(directory.resolve(name), colour);
  }

  private static int[] pixels(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  private int run(String... arguments) {
    return terminal.run(directory, arguments);
  }
}
