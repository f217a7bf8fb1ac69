package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The cascade {@code tiny-latent} as {@code farm train} makes it, drawn by a whole farm. */
@Tag("integration")
class LatentCascadeTest {
  private static final String CAPTION = "a large red circle on the left on a black background";
  private static final int SIDE = 64;

  @TempDir static Path directory;

  private final Terminal terminal = new Terminal();

  @BeforeAll
  static void install() {
    LatentCascadeTest test = new LatentCascadeTest();
    assertThat(test.train("tiny", "text")).as(test.terminal.err()).isZero();
    assertThat(test.train("tiny-latent", "autoencoder", "latent")).as(test.terminal.err()).isZero();
  }

  @Test
  void render_caption_itsOwnPictureByWayOfLatents() throws IOException {
    int[] first = drawn(CAPTION);

    assertThat(terminal.err()).contains("text: 1/1 steps", "latent: 4/4 steps", "vae: 1/1 steps");
    assertThat(first).hasSize(SIDE * SIDE);
    assertThat(Arrays.stream(first).distinct().count()).isGreaterThan(10);
    assertThat(drawn(CAPTION)).isEqualTo(first);
    assertThat(drawn("a small blue square on the right on a gray background")).isNotEqualTo(first);
  }

  @Test
  void render_negativePrompt_pushedAwayFromItInsteadOfFromNoCaption() throws IOException {
    int[] without = drawn(CAPTION);

    assertThat(drawn(CAPTION, "--negative", "green")).isNotEqualTo(without);
    assertThat(drawn(CAPTION, "--set", "latent.guidance=1")).isNotEqualTo(without);
  }

  @Test
  void render_overAPicture_asTheStrengthSays() throws IOException {
    String red = picture("red.png", Color.RED).toString();
    String blue = picture("blue.png", Color.BLUE).toString();

    int[] little = over(red, "0.25");

    assertThat(terminal.err()).contains("encode: 1/1 steps", "latent: 4/4 steps");
    assertThat(over(red, "0.25")).isEqualTo(little);
    assertThat(over(red, "0.75")).isNotEqualTo(little);
    assertThat(over(blue, "0.25")).isNotEqualTo(little);
  }

  /** Every command of the documented walk, at fewer steps. */
  @Test
  void render_commandsOfTheWalkthrough_eachMakesAPicture() throws IOException {
    String picture = picture("walk.png", Color.RED).toString();
    List<String[]> commands =
        Files.readAllLines(Path.of("../docs/latent.md")).stream()
            .filter(each -> each.startsWith("./farm render "))
            .map(each -> words(each.substring("./farm ".length()), picture))
            .toList();
    assertThat(commands).hasSizeGreaterThan(5);
    for (String[] command : commands) {
      terminal.clear();
      String[] out = {"--out", directory.resolve("walk").toString()};
      assertThat(run(out, command)).as(String.join(" ", command) + terminal.err()).isZero();
      assertThat(Path.of(terminal.out().strip())).isRegularFile();
    }
  }

  /** A command line's words, for the cascade that knows nothing. */
  private static String[] words(String line, String picture) {
    return Pattern.compile("\"([^\"]*)\"|\\S+")
        .matcher(line)
        .results()
        .map(each -> each.group(1) == null ? each.group() : each.group(1))
        .map(each -> each.replace("scenes-latent", "tiny-latent").replace("1,2,4,8,20", "1,2"))
        .map(each -> each.equals("picture.png") ? picture : each)
        .toArray(String[]::new);
  }

  private int[] over(String picture, String strength) throws IOException {
    String setting = "latent.strength=" + strength;
    return pixels(render(CAPTION, "tiny-latent-over", "--init-image", picture, "--set", setting));
  }

  private int[] drawn(String caption, String... more) throws IOException {
    return pixels(render(caption, "tiny-latent", more));
  }

  private int render(String caption, String cascade, String... more) {
    terminal.clear();
    String renders = directory.resolve("renders").toString();
    return run(
        more,
        "render",
        caption,
        "--cascade",
        cascade,
        "--seed",
        "3",
        "--out",
        renders,
        "--set",
        "latent.steps=4");
  }

  private int[] pixels(int code) throws IOException {
    assertThat(code).as(terminal.err()).isZero();
    BufferedImage image = ImageIO.read(Path.of(terminal.out().strip()).toFile());
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }

  private int train(String cascade, String... stages) {
    String work = directory.resolve("training").toString();
    return run(stages, "train", "--cascade", cascade, "--work", work);
  }

  private int run(String[] more, String... command) {
    return terminal.run(
        directory, Stream.of(command, more).flatMap(Stream::of).toArray(String[]::new));
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
}
