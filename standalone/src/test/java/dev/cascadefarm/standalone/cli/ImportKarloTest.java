package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.standalone.diffusers.TinyKarlo;
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

/** A Karlo as diffusers saves it, drawn by a whole farm. */
@Tag("integration")
class ImportKarloTest {
  @TempDir static Path directory;

  private final Terminal terminal = new Terminal();

  @BeforeAll
  static void install() throws IOException {
    Path folder = TinyKarlo.folder(directory.resolve("karlo"));
    ImportKarloTest test = new ImportKarloTest();
    int code =
        test.terminal.run(directory, "import", "diffusers", folder.toString(), "--name", "tiny");
    assertThat(code).as(test.terminal.err()).isZero();
    assertThat(test.terminal.out().lines()).containsExactly("tiny@1");
  }

  @Test
  void render_caption_fiveStagesDraw() throws IOException {
    Path first = render("a red circle");

    assertThat(pixels(first)).hasSize(TinyKarlo.LARGE * TinyKarlo.LARGE);
    assertThat(terminal.err())
        .contains("text: 1/1 steps", "prior: 3/3 steps", "decoder: 2/2 steps")
        .contains("sr14: 3/3 steps", "last: 1/1 steps");
    Path small = first.resolveSibling("image-0.decoder.png");
    assertThat(pixels(small)).hasSize(TinyKarlo.SMALL * TinyKarlo.SMALL);
    assertThat(pixels(render("a blue star"))).isNotEqualTo(pixels(first));
    assertThat(pixels(render("a red circle"))).isEqualTo(pixels(first));
    assertThat(pixels(render("a red circle", "--set", "prior.range=0.1")))
        .isNotEqualTo(pixels(first));
    assertThat(pixels(render("a red circle", "--negative", "a star"))).isNotEqualTo(pixels(first));
  }

  @Test
  void render_oneStepOfTheEnlarger_refusedByName() {
    String[] command = command("a red circle", "--set", "sr14.steps=1");

    assertThat(terminal.run(directory, command)).isEqualTo(ExitCode.USAGE);

    assertThat(terminal.err()).contains("sr14.steps: 1 (expected: ");
  }

  @Test
  void render_anotherSamplerOfTheEnlarger_refusedByName() {
    String[] command = command("a red circle", "--set", "sr14.sampler=ddim");

    assertThat(terminal.run(directory, command)).isEqualTo(ExitCode.USAGE);

    assertThat(terminal.err()).contains("sr14.sampler: ");
  }

  private Path render(String caption, String... more) {
    terminal.clear();
    int code = terminal.run(directory, command(caption, more));
    assertThat(code).as(terminal.err()).isZero();
    return Path.of(terminal.out().strip());
  }

  private static String[] command(String caption, String... more) {
    String out = directory.resolve("renders").toString();
    String[] command = {"render", caption, "--cascade", "tiny", "--seed", "3", "--out", out};
    String[] steps = {
      "--set", "prior.steps=3", "--set", "decoder.steps=2", "--set", "sr14.steps=4"
    };
    return Stream.of(command, steps, more).flatMap(Arrays::stream).toArray(String[]::new);
  }

  private static int[] pixels(Path picture) throws IOException {
    BufferedImage image = ImageIO.read(picture.toFile());
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }
}
