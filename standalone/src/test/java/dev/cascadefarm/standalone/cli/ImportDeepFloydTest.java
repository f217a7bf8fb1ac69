package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.standalone.diffusers.TinyDeepFloyd;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both stages of a DeepFloyd IF as diffusers saves them, drawn by a whole farm. */
@Tag("integration")
class ImportDeepFloydTest {
  private static final String CAPTION = "a red circle";

  @TempDir static Path directory;

  private final Terminal terminal = new Terminal();

  @BeforeAll
  static void install() throws IOException {
    Path base = TinyDeepFloyd.base(directory.resolve("IF-I"));
    Path enlarger = TinyDeepFloyd.enlarger(directory.resolve("IF-II"));
    ImportDeepFloydTest test = new ImportDeepFloydTest();
    int code =
        test.terminal.run(
            directory,
            "import",
            "diffusers",
            base.toString(),
            "--super-resolution",
            enlarger.toString(),
            "--name",
            "tiny");
    assertThat(code).as(test.terminal.err()).isZero();
    assertThat(test.terminal.out().lines()).containsExactly("tiny@1", "tiny-enlarge@1");
    assertThat(test.terminal.err()).contains("not imported: safety_checker");
  }

  @Test
  void render_caption_bothStagesDraw() throws IOException {
    Path first = render("tiny", CAPTION, "--set", "base.steps=2");

    assertThat(pixels(first)).hasSize(TinyDeepFloyd.LARGE * TinyDeepFloyd.LARGE);
    assertThat(terminal.err()).contains("text: 1/1 steps", "base: 2/2 steps", "sr12: 2/2 steps");
    Path small = first.resolveSibling("image-0.base.png");
    assertThat(pixels(small)).hasSize(TinyDeepFloyd.SMALL * TinyDeepFloyd.SMALL);
    Path other = render("tiny", "a blue star", "--set", "base.steps=2");
    assertThat(pixels(other)).isNotEqualTo(pixels(first));
    assertThat(pixels(render("tiny-enlarge", CAPTION, "--init-image", small.toString())))
        .isEqualTo(pixels(first));
  }

  @Test
  void render_captionFromTheWeb_cleanedOnlyIfAsked() throws IOException {
    int[] plain = pixels(render("tiny", CAPTION, "--set", "base.steps=2"));
    String shop = "A <b>red</b> circle";

    int[] asWritten = pixels(render("tiny", shop, "--set", "base.steps=2"));
    int[] clean = pixels(render("tiny", shop, "--set", "base.steps=2", "--set", "text.clean=true"));

    assertThat(clean).isEqualTo(plain);
    assertThat(asWritten).isNotEqualTo(plain);
  }

  @Test
  void render_cleanThatIsNoFlag_refusedByName() {
    String[] command = command("tiny", CAPTION, "--set", "text.clean=2");

    assertThat(terminal.run(directory, command)).isEqualTo(ExitCode.USAGE);

    assertThat(terminal.err()).contains("text.clean: 2 (expected: true or false)");
  }

  private Path render(String cascade, String caption, String... more) {
    terminal.clear();
    int code = terminal.run(directory, command(cascade, caption, more));
    assertThat(code).as(terminal.err()).isZero();
    return Path.of(terminal.out().strip());
  }

  private static String[] command(String cascade, String caption, String... more) {
    String out = directory.resolve("renders").toString();
    String[] command = {
      "render", caption, "--cascade", cascade, "--seed", "3", "--out", out, "--set", "sr12.steps=2"
    };
    return Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new);
  }

  private static int[] pixels(Path picture) throws IOException {
    BufferedImage image = ImageIO.read(picture.toFile());
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }
}
