package dev.cascadefarm.standalone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.train.TrainingException;
import dev.cascadefarm.diffusion.train.TrainingListener;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
class LatentTrainingTest {
  private static final TrainingListener NOBODY = (report, weights) -> {};

  @TempDir Path folder;

  @Test
  void train_noTextStage_saysWhatToTrainFirst() {
    assertThatThrownBy(() -> train("tiny-latent", "autoencoder"))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("tiny-text")
        .hasMessageEndingWith("missing (expected: farm train text --cascade tiny first)");
    assertThat(catalogue()).doesNotExist();
  }

  @Test
  void train_latentsBeforeTheAutoencoder_refused() throws IOException {
    train("tiny", "text");
    assertThatThrownBy(() -> train("tiny-latent", "latent"))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("tiny-latent-encode")
        .hasMessageEndingWith("missing (expected: train autoencoder first)");
  }

  @Test
  void train_allModels_twoCascadesOverTheSharedTextStage() throws IOException {
    train("tiny", "text");
    train("tiny-latent", "autoencoder");
    assertThat(catalogue().resolve("cascades")).doesNotExist();
    train("tiny-latent", "latent");

    Catalogue catalogue = Catalogue.read(catalogue());
    Cascade drawn = catalogue.cascade("tiny-latent").orElseThrow();
    assertThat(drawn.stages())
        .extracting(CascadeStage::name)
        .containsExactly("text", "latent", "vae");
    assertThat(drawn.stages().get(0).bundle()).isEqualTo(new BundleId("tiny-text", 1));
    assertThat(catalogue.cascade("tiny-latent-over").orElseThrow().stages())
        .extracting(each -> each.bundle().name())
        .containsExactly(
            "tiny-text", "tiny-latent-encode", "tiny-latent-latent", "tiny-latent-vae");
    StageBundle encoder = bundle("tiny-latent-encode");
    double factor = encoder.model().path("scaling_factor").doubleValue();
    assertThat(factor).isPositive().isNotEqualTo(1);
    assertThat(bundle("tiny-latent-vae").model()).isEqualTo(encoder.model());
    assertThat(encoder.provenance().path("psnr").isDouble()).isTrue();
  }

  @Test
  void train_resumed_checkpointKeepsWhatTheRunBeganWith() throws IOException {
    train("tiny", "text");
    train("tiny-latent", "autoencoder");
    train("tiny-latent", "latent");
    assertThat(begun("latent"))
        .containsEntry("recipe.model", "latent")
        .containsKeys(
            "recipe.network.file.block_out_channels",
            "recipe.frozen.encode",
            "recipe.frozen.text",
            "recipe.training.objective",
            "recipe.seed")
        .doesNotContainKey("recipe.optimizer.steps");
    assertThat(resume("latent")).isTrue();
    Path description = folder("tiny-latent-encode").resolve(StageBundle.FILE);
    String weights = bundle("tiny-latent-encode").files().get(StageBundle.WEIGHTS);
    Files.writeString(description, Files.readString(description).replace(weights, "0".repeat(64)));
    assertThatThrownBy(() -> resume("latent"))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("frozen.encode: 0000");
  }

  private void train(String cascade, String stage) throws IOException {
    assertThat(training(cascade).train(stage, false, () -> false, NOBODY)).isTrue();
  }

  private boolean resume(String stage) throws IOException {
    return training("tiny-latent").train(stage, true, () -> false, NOBODY);
  }

  private CascadeTraining training(String cascade) {
    return SceneCascades.training(cascade, folder.resolve("work"), catalogue());
  }

  private Map<String, String> begun(String stage) {
    return SafeTensors.metadata(
        folder.resolve("work/tiny-latent/" + stage + "/checkpoint.safetensors"));
  }

  private StageBundle bundle(String name) throws IOException {
    return WireJson.read(
        Files.readString(folder(name).resolve(StageBundle.FILE)), StageBundle.class);
  }

  private Path folder(String bundle) {
    return catalogue().resolve("bundles").resolve(bundle).resolve("1");
  }

  private Path catalogue() {
    return folder.resolve("catalogue");
  }
}
