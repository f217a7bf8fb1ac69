package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main command on a whole farm, with a cascade that knows nothing. */
@Tag("integration")
class RenderTest {
  private static final String CAPTION =
      "a large red circle above a small blue square on a black background";

  @TempDir static Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeAll
  static void install() {
    RenderTest test = new RenderTest();
    String work = directory.resolve("training").toString();
    assertThat(test.run("train", "text", "base", "sr64", "--cascade", "tiny", "--work", work))
        .as(test.text(test.err))
        .isZero();
  }

  @Test
  void render_twoImages_onlyTheirPathsOnOutputAndEveryStageOnDisk() throws IOException {
    assertThat(render(CAPTION, "-n", "2", "--seed", "3", "--score")).as(text(err)).isZero();
    List<Path> pictures = pictures();
    assertThat(pictures).hasSize(2);
    for (Path picture : pictures) {
      String name = picture.getFileName().toString().replace(".png", "");
      assertThat(picture).hasSameBinaryContentAs(picture.resolveSibling(name + ".sr64.png"));
      assertThat(picture.resolveSibling(name + ".base.png")).exists();
    }
    assertThat(text(err)).contains("text: 1/1 steps", "base: 4/4 steps", "score image-1.png: ");
  }

  @Test
  void render_sameSeedTwice_samePictureByteForByte() throws IOException {
    assertThat(render(CAPTION, "--seed", "3")).isZero();
    assertThat(render(CAPTION, "--seed", "3")).isZero();
    List<Path> pictures = pictures();
    assertThat(pictures).hasSize(2);
    assertThat(pictures.get(0)).hasSameBinaryContentAs(pictures.get(1));
  }

  @Test
  void render_unknownWord_warnedOfAndDone() {
    assertThat(render("a large red blob on a black background")).isZero();
    assertThat(text(err)).contains("warning: ").contains("blob");
  }

  @Test
  void render_whatTheFarmRefuses_usageInOneLine() {
    assertRefused("steps", CAPTION, "--set", "base.steps=0");
    assertRefused("nothing", CAPTION, "--set", "nothing.steps=1");
    assertRefused("n: 65", CAPTION, "-n", "65");
    assertRefused("prompt", "");
  }

  private void assertRefused(String message, String... arguments) {
    err.reset();
    assertThat(render(arguments)).isEqualTo(ExitCode.USAGE);
    assertThat(text(err).lines()).hasSize(1).first().asString().contains(message);
    assertThat(text(out)).isEmpty();
  }

  private int render(String... arguments) {
    Stream<String> fixed =
        Stream.of(
            "render",
            "--cascade",
            "tiny",
            "--out",
            directory.resolve("renders").toString(),
            "--set",
            "base.steps=2",
            "--set",
            "sr64.steps=2");
    return run(Stream.concat(fixed, Stream.of(arguments)).toArray(String[]::new));
  }

  private int run(String... arguments) {
    Map<String, String> environment =
        Map.of("FARM_CATALOGUE", directory.resolve("catalogue").toString());
    PrintStream output = new PrintStream(out, true, StandardCharsets.UTF_8);
    PrintStream errors = new PrintStream(err, true, StandardCharsets.UTF_8);
    return Farm.run(new Console(output, errors, 0, environment, directory), arguments);
  }

  private List<Path> pictures() {
    return text(out).lines().map(Path::of).toList();
  }

  private String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
