package dev.cascadefarm.worker.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.job.TaskId;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PictureWordsTest {

  @Test
  void of_baseImage_saysAllThatDecidedIt() {
    assertThat(PictureWords.of(task("job-1", "base", "{\"steps\":20,\"guidance\":4.0}")))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "Software", "Cascade Farm",
                "prompt", "a red circle",
                "negative_prompt", "blue",
                "seed", "9",
                "cascade", "scenes@1",
                "stage", "base",
                "bundle", "base@1 sha256:" + "b".repeat(64),
                "settings", "{\"base\":{\"guidance\":4.0,\"steps\":20},\"text\":{\"len\":8}}"));
  }

  @Test
  void of_equalRenderOfAnotherJob_isTheSame() {
    assertThat(PictureWords.of(task("job-2", "base", "{\"guidance\":4.0,\"steps\":20}")))
        .isEqualTo(PictureWords.of(task("job-1", "base", "{\"steps\":20,\"guidance\":4.0}")));
  }

  @Test
  void of_lastStage_namesTheSettingsOfEveryStageBefore() {
    assertThat(PictureWords.of(task("job-1", "sr", "{\"steps\":20}")).get("settings"))
        .contains("\"base\"")
        .contains("\"sr\"")
        .contains("\"text\"");
  }

  @Test
  void of_stageBehindTheJobsPicture_namesItAndOthersDoNot() {
    String picture = "e".repeat(64);

    assertThat(PictureWords.of(task("job-1", "sr", "{}", picture)))
        .containsEntry("init_image", "sha256:" + picture);
    assertThat(PictureWords.of(task("job-1", "base", "{}", picture)))
        .isEqualTo(PictureWords.of(task("job-1", "base", "{}")));
  }

  @Test
  void of_stageBehindWhereTheJobGoes_namesThat() {
    assertThat(PictureWords.of(task("job-1", "blend", "{}")))
        .containsEntry("prompt_b", "a blue ring")
        .containsEntry("init_image_b", "sha256:" + "f".repeat(64))
        .doesNotContainKeys("prompt", "init_image");
  }

  @Test
  void of_stageThatHearsNoWords_namesNone() {
    assertThat(PictureWords.of(task("job-1", "wordless", "{}")))
        .doesNotContainKeys("prompt", "negative_prompt")
        .containsEntry("seed", "9");
  }

  private static LeasedTask task(String job, String stage, String baseSettings) {
    return task(job, stage, baseSettings, null);
  }

  private static LeasedTask task(
      String job, String stage, String baseSettings, @Nullable String picture) {
    JobSpec spec =
        new JobSpec(
            "scenes@1",
            "a red circle",
            "a blue ring",
            "blue",
            picture,
            "f".repeat(64),
            4,
            7,
            Map.of(
                "text", object("{\"len\":8}"),
                "base", object(baseSettings),
                "sr", object("{\"aug\":0.1}")));
    JobPlan plan =
        new JobPlan(
            List.of(
                stage("text", Map.of("a", "request.prompt", "b", "request.negative_prompt"), "a"),
                stage("base", Map.of("embeds", "text.embeds"), "b"),
                stage("wordless", Map.of(), "d"),
                stage("blend", Map.of("a", "request.prompt_b", "b", "request.init_image_b"), "e"),
                new PlannedStage(
                    "sr",
                    new BundleId("sr", 1),
                    "c".repeat(64),
                    Per.IMAGE,
                    Map.of("style", "request.init_image"),
                    List.of("base"))));
    return new LeasedTask(new TaskId(job, stage, 2), "default", "n", 1, spec, plan, Map.of(), null);
  }

  private static PlannedStage stage(String name, Map<String, String> inputs, String digit) {
    List<String> after = inputs.containsValue("text.embeds") ? List.of("text") : List.of();
    return new PlannedStage(
        name, new BundleId(name, 1), digit.repeat(64), Per.IMAGE, inputs, after);
  }

  private static ObjectNode object(String json) {
    return WireJson.read(json, ObjectNode.class);
  }
}
