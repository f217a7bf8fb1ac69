package dev.cascadefarm.common.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.CatalogueFolder;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.InvalidRequestException;
import dev.cascadefarm.common.cascade.JobRequest;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageSettings;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.plan.JobPlanner.PlannedJob;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobPlannerTest {
  private Catalogue catalogue;
  private JobPlanner planner;

  @BeforeEach
  void read(@TempDir Path folder) {
    catalogue = Catalogue.read(new CatalogueFolder(folder).folder);
    planner = new JobPlanner(catalogue);
  }

  private static JobRequest request(String cascade, Map<String, JsonNode> set) {
    return new JobRequest(cascade, "a red circle", null, 2, 42, set);
  }

  private static ObjectNode object() {
    return WireJson.object();
  }

  @Test
  void plan_nothingSet_everySettingHasItsDefault() {
    PlannedJob job = planner.plan(request("tiny", Map.of()));

    assertThat(job.spec().cascade()).isEqualTo("tiny@1");
    assertThat(job.spec().settings())
        .isEqualTo(Map.of("text", object(), "base", object().put("steps", 20).put("guidance", 4)));
  }

  @Test
  void plan_someSet_overridesTheDefault() {
    PlannedJob job = planner.plan(request("tiny@1", Map.of("base", object().put("steps", 7.0))));

    JsonNode steps = job.spec().settings().get("base").get("steps");
    assertThat(steps.isIntegralNumber()).isTrue();
    assertThat(steps.asInt()).isEqualTo(7);
  }

  @Test
  void plan_pinsBundlesDigestsAndOrder() {
    PlannedStage base = planner.plan(request("tiny", Map.of())).plan().stages().get(1);

    InstalledBundle installed = catalogue.bundle(BundleId.parse("base@2"));
    assertThat(base)
        .isEqualTo(
            new PlannedStage(
                "base",
                installed.id(),
                installed.digest(),
                StageBundle.Per.IMAGE,
                Map.of("embedding", "text.embedding"),
                List.of("text")));
  }

  @Test
  void plan_severalFaults_allAreNamed() {
    Map<String, JsonNode> set =
        Map.of(
            "base", object().put("steps", 0).put("stepz", 3),
            "text", object().put("steps", 3),
            "vae", object());

    assertThatThrownBy(() -> planner.plan(request("tiny", set)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("set.base.steps: 0 (expected: integer from 1 to 1000)")
        .hasMessageContaining("set.base.stepz: unknown (expected: one of guidance, steps)")
        .hasMessageContaining("set.text.steps: unknown")
        .hasMessageContaining("set.vae: unknown (expected: one of text, base)");
  }

  @Test
  void plan_unknownCascade_listsTheKnown() {
    assertThatThrownBy(() -> planner.plan(request("scenes", Map.of())))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("cascade: \"scenes\" (expected: one of tiny)");
  }

  @Test
  void plan_negativePromptThatNobodyTakes_isRefused(@TempDir Path folder) {
    CatalogueFolder files = new CatalogueFolder(folder);
    files.editCascade(", negative_prompt: request.negative_prompt", "");
    JobPlanner other = new JobPlanner(Catalogue.read(files.folder));
    JobRequest request = new JobRequest("tiny", "a", "b", 1, 0, Map.of());

    assertThat(planner.plan(request).spec().negativePrompt()).isEqualTo("b");
    assertThatThrownBy(() -> other.plan(request))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining("negative_prompt: \"b\" (expected: absent, cascade tiny takes none)");
  }

  @Test
  void plan_initImageThatNobodyTakes_isRefused() {
    assertThatThrownBy(() -> planner.plan(withPicture("f".repeat(64))))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "init_image: \"%s\" (expected: absent, cascade tiny takes none)"
                .formatted("f".repeat(64)));
  }

  @Test
  void plan_initImageThatIsNeeded_isAskedForByNameAndKept(@TempDir Path folder) {
    JobPlanner other = new JobPlanner(Catalogue.read(takingPicture(folder, false).folder));

    assertThat(other.plan(withPicture("f")).spec().initImage()).isEqualTo("f");
    assertThatThrownBy(() -> other.plan(request("tiny", Map.of())))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("init_image: missing (expected: the id of an upload, cascade tiny needs one)");
  }

  @Test
  void plan_initImageOfOptionalInput_mayBeAbsent(@TempDir Path folder) {
    JobPlanner other = new JobPlanner(Catalogue.read(takingPicture(folder, true).folder));

    assertThat(other.plan(request("tiny", Map.of())).spec().initImage()).isNull();
    assertThat(other.plan(withPicture("f")).spec().initImage()).isEqualTo("f");
  }

  @Test
  void plan_whereToGoThatNobodyTakes_isRefused() {
    assertThatThrownBy(() -> planner.plan(from("a", "b", null, "f")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage(
            "prompt_b: \"b\" (expected: absent, cascade tiny takes none); "
                + "init_image_b: \"f\" (expected: absent, cascade tiny takes none)");
  }

  @Test
  void plan_fromOnePictureToAnother_bothAskedForAndKept(@TempDir Path folder) {
    JobPlanner other = new JobPlanner(Catalogue.read(blending(folder).folder));

    assertThat(other.plan(from("a", null, "e", "f")).spec())
        .extracting(JobSpec::initImage, JobSpec::initImageB)
        .containsExactly("e", "f");
    assertThatThrownBy(() -> other.plan(from("a", null, "e", null)))
        .hasMessage(
            "init_image_b: missing (expected: the id of an upload, cascade tiny needs one)");
    assertThatThrownBy(() -> other.plan(from("a", null, "e", "e")))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("init_image_b: \"e\" (expected: another than init_image)");
  }

  @Test
  void plan_fromOneCaptionToAnother_bothAskedForAndKept(@TempDir Path folder) {
    CatalogueFolder files = new CatalogueFolder(folder);
    files.editCascade("prompt: request.prompt,", "prompt: request.prompt_b,");
    JobPlanner other = new JobPlanner(Catalogue.read(files.folder));

    assertThat(other.plan(from("a", "b", null, null)).spec().promptB()).isEqualTo("b");
    assertThatThrownBy(() -> other.plan(from("a", null, null, null)))
        .hasMessage("prompt_b: missing (expected: words, cascade tiny needs one)");
    assertThatThrownBy(() -> other.plan(from("a", "a", null, null)))
        .hasMessage("prompt_b: \"a\" (expected: another than prompt)");
  }

  private static JobRequest from(
      String prompt, @Nullable String promptB, @Nullable String picture, @Nullable String to) {
    return new JobRequest("tiny", prompt, promptB, null, picture, to, 1, 0, Map.of());
  }

  private static CatalogueFolder blending(Path folder) {
    CatalogueFolder files = new CatalogueFolder(folder);
    files.editBase(
        base -> {
          base.withObject("/inputs/picture").put("media", "image");
          base.withObject("/inputs/other").put("media", "image");
        });
    files.editCascade(
        "{embedding: text.embedding}",
        "{embedding: text.embedding, picture: request.init_image, other: request.init_image_b}");
    return files;
  }

  private static CatalogueFolder takingPicture(Path folder, boolean optional) {
    CatalogueFolder files = new CatalogueFolder(folder);
    files.editBase(
        base -> base.withObject("/inputs/picture").put("media", "image").put("optional", optional));
    files.editCascade(
        "{embedding: text.embedding}", "{embedding: text.embedding, picture: request.init_image}");
    return files;
  }

  private static JobRequest withPicture(String id) {
    return new JobRequest("tiny", "a red circle", null, null, id, null, 2, 42, Map.of());
  }

  @Test
  void complete_badValue_namesStageKeyValueAndExpectation() {
    StageSettings settings = catalogue.settings(BundleId.parse("base@2"));

    assertThat(settings.keys()).containsExactly("guidance", "steps");
    assertThatThrownBy(() -> settings.complete("base", object().put("steps", 0)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessage("base.steps: 0 (expected: integer from 1 to 1000)");
  }
}
