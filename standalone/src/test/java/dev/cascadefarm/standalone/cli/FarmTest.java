package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.json.WireJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FarmTest {
  @TempDir Path directory;
  private final Terminal terminal = new Terminal();

  @Test
  void run_nothing_usageNamesTheCommands() {
    assertUsage(
        "render, vary, blend, serve, services, coordinator, worker, jobs, audit, dead, fleet, pause,"
            + " resume, train, scenes, score, import, minimagen");
  }

  @Test
  void run_unknownCommand_usage() {
    assertUsage("rendr", "rendr");
  }

  @Test
  void run_help_onOutputAndDone() {
    assertThat(run("render", "--help")).isZero();
    assertThat(terminal.out()).contains("CAPTION", "--set", "--server", "--score");
    assertThat(terminal.err()).isEmpty();
  }

  @Test
  void render_noCaption_usage() {
    assertUsage("CAPTION", "render");
  }

  @Test
  void render_countThatIsNoWholeNumber_usage() {
    assertUsage("1.5", "render", "a caption", "-n", "1.5");
  }

  @Test
  void render_settingOutOfForm_usage() {
    assertUsage("base.steps (expected: STAGE.KEY=VALUE", "render", "x", "--set", "base.steps");
  }

  @Test
  void render_captionThatIsNotUtf8_usage() {
    assertUsage("expected: valid UTF-8", "render", "a large \uFFFD circle");
  }

  @Test
  void render_serverThatIsNoUrl_usage() {
    assertUsage("ftp://x", "render", "a caption", "--server", "http://a:1,ftp://x");
  }

  @Test
  void render_catalogueThatIsMissing_usage() {
    String folder = directory.resolve("none").toString();
    assertUsage(folder, "render", "a caption", "--catalogue", folder);
  }

  @Test
  void jobs_noAction_usage() {
    assertUsage("list, show, watch or cancel", "jobs");
  }

  @Test
  void jobs_noServer_usage() {
    assertUsage("--server: not given", "jobs", "list");
  }

  @Test
  void jobs_everyAction_takesItsArguments() {
    for (String action : List.of("show", "watch", "cancel")) {
      assertUsage("--server: ftp://a", "jobs", action, "job-1", "--server", "ftp://a");
    }
    assertUsage(
        "--server: ftp://a",
        "jobs",
        "list",
        "--limit",
        "3",
        "--cursor",
        "x",
        "--server",
        "ftp://a");
    assertThat(run("jobs", "list", "--help")).isZero();
  }

  @Test
  void operators_whatCannotBe_usage() {
    assertUsage("pause: nothing given (expected: stage or tenant)", "pause");
    assertUsage("resume: nothing given (expected: stage or tenant)", "resume");
    assertUsage("--reason", "pause", "stage", "base@1");
    assertUsage("BUNDLE", "resume", "stage");
    assertUsage("no tasks (expected: TASK… or --all)", "dead", "redrive");
    assertUsage("tasks and --all (expected: TASK…", "dead", "redrive", "a:b:0", "--all");
    for (String command : List.of("fleet", "dead")) {
      assertUsage("--server: not given", command);
      assertUsage("--server: ftp://a", command, "--server", "ftp://a");
    }
  }

  @Test
  void vary_whatCannotBe_usage() {
    assertUsage("IMAGE", "vary");
    assertUsage("1.5", "vary", "picture.png", "-n", "1.5");
    assertUsage("--aspect: stretch (expected: centre-crop or fit)", varying("stretch"));
    assertUsage(
        "--set: setting: decoder (expected: STAGE.KEY=VALUE", "vary", "x.png", "--set", "decoder");
  }

  @Test
  void blend_whatCannotBe_usage() {
    assertUsage("'A', 'B'", "blend");
    assertUsage("'B'", "blend", "a.png");
    assertUsage("--steps", "blend", "a ring", "a disc", "--steps", "1.5");
    assertUsage("--steps: 1 (expected: 2 to 64)", "blend", "a ring", "a disc", "--steps", "1");
    assertUsage("A: a.png: missing (expected: a readable", "blend", "a.png", "a disc");
    assertUsage("--set: setting: x (expected: STAGE", "blend", "a", "b", "--set", "x");
  }

  private static String[] varying(String aspect) {
    return new String[] {"vary", "picture.png", "--aspect", aspect};
  }

  @Test
  void serve_portOutOfRange_usage() {
    assertUsage("api.port: 70000 from the command line", "serve", "--port", "70000");
  }

  @Test
  void serve_unknownVariable_usage() {
    assertThat(run(Map.of("FARM_PROT", "1"), "serve")).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).contains("FARM_PROT");
  }

  @Test
  void coordinator_noRedis_usage() {
    assertUsage("redis.url: not set", "coordinator");
  }

  @Test
  void coordinator_elsewhereWithoutToken_usage() {
    assertUsage("FARM_API_TOKEN", "coordinator", "--host", "0.0.0.0");
  }

  @Test
  void worker_stageOutOfForm_usage() {
    assertUsage("expected: CASCADE/STAGE", "worker", "--stage", "base");
  }

  @Test
  void train_unknownStage_usage() {
    assertUsage("STAGE: sr1024", "train", "sr1024");
    assertUsage("STAGE: sr256", "train", "sr256", "--cascade", "tiny");
  }

  @Test
  void train_unknownCascade_usage() {
    assertUsage(
        "--cascade: other (expected: scenes, tiny, scenes-unclip, tiny-unclip, scenes-latent, ",
        "train",
        "base",
        "--cascade",
        "other");
  }

  @Test
  void import_nothing_usage() {
    assertUsage(
        "import: no origin given (expected: minimagen, diffusers or torchscript)", "import");
  }

  @Test
  void importMinimagen_argumentsThatCannotBe_usage() {
    assertUsage("--name", "import", "minimagen", "training_mine");
    assertUsage("DIR", "import", "minimagen", "--name", "mine");
    for (String name : List.of("", "-mine", "Mine", "../mine", "m".repeat(49))) {
      assertUsage(
          "--name: " + name + " (expected: 1 to 48 of a-z, 0-9 and -",
          "import",
          "minimagen",
          "training_mine",
          "--name",
          name);
    }
  }

  @Test
  void importMinimagen_checkpointOfImagenPytorch_failedAndNothingWritten() {
    String catalogue = directory.resolve("catalogue").toString();
    assertThat(
            run(
                "import",
                "minimagen",
                directory.resolve("imagen.pt").toString(),
                "--name",
                "mine",
                "--catalogue",
                catalogue))
        .isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err().lines())
        .singleElement()
        .asString()
        .startsWith("farm: " + directory.resolve("imagen.pt"))
        .endsWith("checkpoints of imagen-pytorch are out of scope)");
    assertThat(Path.of(catalogue)).doesNotExist();
  }

  @Test
  void scenesAndScore_numberNobodyCanUse_usage() {
    assertUsage("side: 20 (expected: 16, 32, 64 or 256)", "scenes", "--side", "20");
    assertUsage("--count: 0 (expected: 1 or more)", "score", "--count", "0");
  }

  @Test
  void score_notAPicture_usage(@TempDir Path folder) throws IOException {
    Path text = Files.writeString(folder.resolve("text.png"), "no picture");
    assertUsage(text + ": ", "score", text.toString());
    assertUsage("none.png: missing (expected: a PNG file)", "score", folder + "/none.png");
  }

  @Test
  void scenesAndScore_choiceNobodyKnows_usage() {
    assertUsage(
        "--split: test (expected: one of train, seen, held-out)", "scenes", "--split", "test");
    assertUsage(
        "--textures: some (expected: one of none, bold, all)", "scenes", "--textures", "some");
    assertUsage(
        "--wording: poem (expected: one of plain, varied, held-out)", "score", "--wording", "poem");
    assertUsage("--two-objects: 2.0 (expected: 0 to 1)", "score", "--two-objects", "2");
  }

  @Test
  void scenes_largestSideInHeldOutWords_judgedByItsCaption() throws IOException {
    Path folder = directory.resolve("scenes");
    String target = folder.toString();
    String[] large = {"scenes", "--count=1", "--side=256", "--wording=held-out", "--out", target};
    assertThat(run(large)).isZero();
    JsonNode line = WireJson.MAPPER.readTree(folder.resolve("captions.jsonl").toFile());
    String caption = line.path("caption").asText();
    assertThat(caption).startsWith("on a ").contains(" there is ");
    run("score", folder.resolve("images/000000.png").toString(), "--caption", caption);
    assertThat(terminal.out()).contains("exact, score 1.00, all right");
  }

  @Test
  void scenes_twoPictures_folderOnOutput() {
    Path folder = directory.resolve("scenes");
    assertThat(run("scenes", "--count", "2", "--side", "16", "--out", folder.toString())).isZero();
    assertThat(terminal.out()).isEqualTo(folder + System.lineSeparator());
    assertThat(folder.resolve("images/000001.png")).exists();
  }

  @Test
  void score_pictureOfAScene_judgedByItsCaption() {
    Path folder = directory.resolve("scenes");
    run("scenes", "--count", "1", "--out", folder.toString());
    String picture = folder.resolve("images/000000.png").toString();
    assertThat(
            run(
                "score",
                picture,
                "--caption",
                "a small red ring at the left on a black background"))
        .isZero();
    assertThat(terminal.out()).contains(picture + ": ", "score ");
    assertThat(run("score", picture)).isEqualTo(ExitCode.USAGE);
  }

  private void assertUsage(String message, String... arguments) {
    assertThat(run(arguments)).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).startsWith("farm: ").contains(message);
    assertThat(terminal.out()).isEmpty();
  }

  private int run(String... arguments) {
    return run(Map.of(), arguments);
  }

  private int run(Map<String, String> environment, String... arguments) {
    return terminal.run(environment, directory, arguments);
  }
}
