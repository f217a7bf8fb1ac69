package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.standalone.pictures.ContactSheet;
import dev.cascadefarm.standalone.pictures.ContactSheet.Column;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The main command on a whole farm, with a cascade that knows nothing. */
@Tag("integration")
class RenderTest {
  private static final String CAPTION =
      "a large red circle above a small blue square on a black background";

  private static final String TITLE = "seed 5: " + CAPTION;

  /** The second value leaves no room for the last step, which no schema can say. */
  private static final String FAILING = "base.steps_offset=0,990";

  @TempDir static Path directory;

  private final Terminal terminal = new Terminal();

  @BeforeAll
  static void install() {
    RenderTest test = new RenderTest();
    String work = directory.resolve("training").toString();
    assertThat(test.run("train", "text", "base", "sr64", "--cascade", "tiny", "--work", work))
        .as(test.terminal.err())
        .isZero();
  }

  @Test
  void render_twoImages_onlyTheirPathsOnOutputAndEveryStageOnDisk() throws IOException {
    assertThat(render(CAPTION, "-n", "2", "--seed", "3", "--score")).as(terminal.err()).isZero();
    List<Path> pictures = pictures();
    assertThat(pictures).hasSize(2);
    for (Path picture : pictures) {
      String name = picture.getFileName().toString().replace(".png", "");
      assertThat(picture).hasSameBinaryContentAs(picture.resolveSibling(name + ".sr64.png"));
      assertThat(picture.resolveSibling(name + ".base.png")).exists();
    }
    assertThat(terminal.err())
        .contains("text: 1/1 steps", "base: 4/4 steps", "score image-1.png: ");
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
    assertThat(terminal.err()).contains("warning: ").contains("blob");
  }

  @Test
  void render_whatTheFarmRefuses_usageInOneLine() {
    assertRefused("steps", CAPTION, "--set", "base.steps=0");
    assertRefused("nothing", CAPTION, "--set", "nothing.steps=1");
    assertRefused("n: 65", CAPTION, "-n", "65");
    assertRefused("prompt", "");
  }

  @Test
  void sweep_noSeed_oneDrawnForAllAndOnlyTheSheetOnOutput() throws IOException {
    assertThat(render(CAPTION, "--sweep", "sr64.aug=0.0,0.9")).as(terminal.err()).isZero();
    assertThat(pictures()).hasSize(1).first().asString().endsWith("sheet.png");
    Path none = folder("sr64.aug=0.0");
    Path much = folder("sr64.aug=0.9");
    assertThat(none.resolve("image-0.base.png"))
        .hasSameBinaryContentAs(much.resolve("image-0.base.png"));
    assertThat(Files.readAllBytes(none.resolve("image-0.png")))
        .isNotEqualTo(Files.readAllBytes(much.resolve("image-0.png")));
  }

  @Test
  void sweep_twoSettings_sheetOfEveryCombinationsPictures() throws IOException {
    String[] arguments = sweep("base.threshold=none,dynamic", "base.cap=1,50");
    assertThat(render(and(arguments, "-n", "2", "--seed", "5"))).as(terminal.err()).isZero();
    List<Column> columns =
        List.of(
            column("base.threshold=none, base.cap=1", 2),
            column("base.threshold=none, base.cap=50", 2),
            column("base.threshold=dynamic, base.cap=1", 2),
            column("base.threshold=dynamic, base.cap=50", 2));
    assertThat(pictures().get(0)).hasBinaryContent(ContactSheet.of(TITLE, columns, 2, 2).png());
  }

  @Test
  void sweep_oneJobFails_saidInItsCellAndTheOtherShown() throws IOException {
    String[] arguments = and(sweep(FAILING), "--seed", "5", "--set", "base.spacing=leading");
    assertThat(render(arguments)).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err()).contains("base.steps_offset=990: failed: ", "expected: 0 to ");
    List<Column> columns =
        List.of(
            column("base.steps_offset=0", 1),
            new Column("base.steps_offset=990", List.of(), failure("base.steps_offset=990")));
    assertThat(pictures().get(0)).hasBinaryContent(ContactSheet.of(TITLE, columns, 2, 1).png());
  }

  @Test
  void sweep_badInput_usageInOneLineBeforeAnythingIsRendered() {
    assertRefused("sr64.aug=0.1,, (expected: ", sweep("sr64.aug=0.1,,"));
    assertRefused("base.steps=2 in --set", sweep("base.steps=1,2"));
    assertRefused("sr64.aug twice", sweep("sr64.aug=0", "sr64.aug=1"));
    assertRefused(
        "5 x 13 values", sweep("base.eta=0,0,0,0,0", "base.cap=1,2,3,4,5,6,7,8,9,1,2,3,4"));
    String[] arguments =
        sweep("sr64.aug=0.1,2", "base.guidance=1,1e999", "base.threshold=none,low");
    assertRefused("set.sr64.aug: 2 (expected: number from 0", arguments);
    assertThat(terminal.err()).contains("set.base.guidance: \"Infinity\" (expected: number from 0");
    assertThat(terminal.err()).contains("set.base.threshold: \"low\" (expected: one of ");
    assertRefused("set.sr65: unknown (expected: one of text, base, sr64)", sweep("sr65.aug=0"));
    assertRefused("n: 65", CAPTION, "-n", "65", "--sweep", "sr64.aug=0,1");
    assertRefused("prompt", "a".repeat(2001), "--sweep", "sr64.aug=0,1");
  }

  @Test
  void score_oneStageInOtherWords_tableOfItsPicturesAndItsFailures() throws IOException {
    Path wrong = directory.resolve("wrong");
    assertThat(
            terminal.run(
                directory,
                "score",
                "--cascade",
                "tiny",
                "--count",
                "2",
                "--stage",
                "base",
                "--wording",
                "varied",
                "--failures",
                wrong.toString()))
        .as(terminal.err())
        .isZero();
    assertThat(terminal.out()).contains("exact, all", "exact, swapped");
    assertThat(ImageIO.read(wrong.resolve("image-1.png").toFile()).getWidth()).isEqualTo(16);
  }

  @Test
  void score_stageThatDrawsNothing_usage() {
    assertThat(
            terminal.run(
                directory, "score", "--cascade", "tiny", "--count", "1", "--stage", "text"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("--stage: text (expected: one of [base, sr64])");
  }

  private static String[] sweep(String... sweeps) {
    List<String> arguments = new ArrayList<>(List.of(CAPTION));
    for (String each : sweeps) {
      arguments.addAll(List.of("--sweep", each));
    }
    return arguments.toArray(String[]::new);
  }

  private static String[] and(String[] some, String... more) {
    return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
  }

  private Path folder(String label) {
    return directory.resolve("renders").resolve(said(label + ": job "));
  }

  private String failure(String label) {
    return "failed: " + said(label + ": failed: ");
  }

  private String said(String start) {
    String line =
        terminal.err().lines().filter(each -> each.startsWith(start)).findFirst().orElseThrow();
    return line.substring(start.length());
  }

  private Column column(String label, int images) throws IOException {
    List<BufferedImage> pictures = new ArrayList<>();
    for (int image = 0; image < images; image++) {
      pictures.add(ImageIO.read(folder(label).resolve("image-" + image + ".png").toFile()));
    }
    return new Column(label, pictures, "");
  }

  private void assertRefused(String message, String... arguments) {
    terminal.clear();
    assertThat(render(arguments)).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err().lines()).hasSize(1).first().asString().contains(message);
    assertThat(terminal.out()).isEmpty();
  }

  private int render(String... arguments) {
    String renders = directory.resolve("renders").toString();
    String[] fixed = {"render", "--cascade", "tiny", "--out", renders};
    String[] fast = {"--set", "base.steps=2", "--set", "sr64.steps=2"};
    return run(and(and(fixed, fast), arguments));
  }

  private int run(String... arguments) {
    return terminal.run(directory, arguments);
  }

  private List<Path> pictures() {
    return terminal.out().lines().map(Path::of).toList();
  }
}
