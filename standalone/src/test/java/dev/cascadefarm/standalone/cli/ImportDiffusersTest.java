package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.standalone.diffusers.TinyStableDiffusion;
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
import org.junit.jupiter.params.provider.ValueSource;

/** A Stable Diffusion as diffusers saves it, drawn by a whole farm. */
@Tag("integration")
class ImportDiffusersTest {
  private static final String CAPTION = "a red circle";
  private static final String STEPS = "latent.steps=4";

  @TempDir static Path directory;

  private final Terminal terminal = new Terminal();

  @BeforeAll
  static void install() throws IOException {
    Path pipeline = TinyStableDiffusion.folder(directory.resolve("pipeline"));
    ImportDiffusersTest test = new ImportDiffusersTest();
    assertThat(test.run("import", "diffusers", pipeline.toString(), "--name", "tiny"))
        .as(test.terminal.err())
        .isZero();
    assertThat(test.terminal.out().lines()).containsExactly("tiny@1", "tiny-over@1");
  }

  @Test
  void render_caption_itsOwnPictureAndNoOther() throws IOException {
    int[] first = drawn(CAPTION);

    assertThat(first).hasSize(TinyStableDiffusion.SIDE * TinyStableDiffusion.SIDE);
    assertThat(Arrays.stream(first).distinct().count()).isGreaterThan(10);
    assertThat(drawn(CAPTION)).isEqualTo(first);
    assertThat(drawn("a blue square")).isNotEqualTo(first);
    assertThat(drawn(CAPTION, "--negative", "green")).isNotEqualTo(first);
    assertThat(drawn(CAPTION, "--set", "latent.guidance=1")).isNotEqualTo(first);
    assertThat(drawn(CAPTION, "--set", "latent.strength=0.3")).isEqualTo(first);
  }

  @Test
  void render_stagesOfLatents_countedButNotSaved() throws IOException {
    assertThat(render("tiny", CAPTION)).as(terminal.err()).isZero();

    assertThat(terminal.err()).contains("text: 1/1 steps", "latent: 5/5 steps", "vae: 1/1 steps");
    Path picture = Path.of(terminal.out().strip());
    try (Stream<Path> files = Files.list(picture.getParent())) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .contains("image-0.png", "image-0.vae.png")
          .noneMatch(each -> each.contains("latent"));
    }
  }

  @Test
  void render_overAPicture_asTheStrengthSays() throws IOException {
    String red = picture("red.png", Color.RED).toString();
    String blue = picture("blue.png", Color.BLUE).toString();

    int[] little = over(red, "0.25");

    assertThat(little).hasSize(TinyStableDiffusion.SIDE * TinyStableDiffusion.SIDE);
    assertThat(over(red, "0.25")).isEqualTo(little);
    assertThat(over(red, "0.75")).isNotEqualTo(little);
    assertThat(over(blue, "0.25")).isNotEqualTo(little);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1.5"})
  void render_strengthOutOfRange_refusedByName(String strength) throws IOException {
    String red = picture("red.png", Color.RED).toString();
    String setting = "latent.strength=" + strength;

    int code = render("tiny-over", CAPTION, "--init-image", red, "--set", setting);

    assertThat(code).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err())
        .contains("latent.strength: " + strength, "(expected: number more than 0 and at most 1)");
  }

  @Test
  void import_nameTaken_usageAndNothingChanged() throws IOException {
    String pipeline = directory.resolve("pipeline").toString();
    long before = files();

    assertThat(run("import", "diffusers", pipeline, "--name", "tiny")).isEqualTo(ExitCode.USAGE);

    assertThat(terminal.err()).contains("tiny.yaml: exists (expected: a cascade's new name)");
    assertThat(files()).isEqualTo(before);
  }

  private static long files() throws IOException {
    try (Stream<Path> files = Files.walk(directory.resolve("catalogue"))) {
      return files.count();
    }
  }

  private int[] over(String picture, String strength) throws IOException {
    String setting = "latent.strength=" + strength;
    return pixels(render("tiny-over", CAPTION, "--init-image", picture, "--set", setting));
  }

  private int[] drawn(String caption, String... more) throws IOException {
    return pixels(render("tiny", caption, more));
  }

  private int[] pixels(int code) throws IOException {
    assertThat(code).as(terminal.err()).isZero();
    BufferedImage image = ImageIO.read(Path.of(terminal.out().strip()).toFile());
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  private int render(String cascade, String caption, String... more) {
    terminal.clear();
    String renders = directory.resolve("renders").toString();
    String[] command = {
      "render", caption, "--cascade", cascade, "--seed", "3", "--out", renders, "--set", STEPS
    };
    return run(Stream.concat(Stream.of(command), Stream.of(more)).toArray(String[]::new));
  }

  private static Path picture(String name, Color color) throws IOException {
    BufferedImage image = new BufferedImage(20, 16, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 20; x++) {
      for (int y = 0; y < 8; y++) {
        image.setRGB(x, y, color.getRGB());
      }
    }
    Path file = directory.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private int run(String... arguments) {
    return terminal.run(directory, arguments);
  }
}
