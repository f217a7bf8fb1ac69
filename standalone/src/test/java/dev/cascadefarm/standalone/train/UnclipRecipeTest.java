package dev.cascadefarm.standalone.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.diffusion.train.TrainingException;
import dev.cascadefarm.diffusion.train.TrainingListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An unCLIP of two small files of the MNIST family and ten captions. */
@Tag("engine")
class UnclipRecipeTest {
  private static final TrainingListener NOBODY = (report, weights) -> {};
  private static final int PICTURES = 20;
  private static final String RECIPE =
      """
      cascade: clothes
      data:
        kind: idx
        images: images
        labels: labels
        names: fashion-mnist
        templates: ["an image of a {label}"]
        border: 2
        validation: 0.2
      unclip:
        side: 32
        max_text_len: 8
        latent_dim: 8
        vision: {width: 8, layers: 1, heads: 2}
        text: {width: 8, layers: 1, heads: 2}
        clip: {batch: 4, optimizer: {steps: 2}}
        prior: {width: 8, layers: 1, heads: 2, batch: 4, optimizer: {steps: 2}}
        decoder: {dim: 8, ratios: [1, 2], cond_dim: 8, batch: 2, optimizer: {steps: 2}}
        sr: {dim: 8, dim_mults: [1, 1], cond_dim: 8, batch: 2, optimizer: {steps: 2}}
      """;

  @TempDir Path folder;
  private final List<String> remarks = new ArrayList<>();

  @BeforeEach
  void write() throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + PICTURES * 784);
    images.putInt(0x803).putInt(PICTURES).putInt(28).putInt(28);
    for (int i = 0; i < PICTURES * 784; i++) {
      images.put((byte) (i % 251));
    }
    ByteBuffer labels = ByteBuffer.allocate(8 + PICTURES).putInt(0x801).putInt(PICTURES);
    for (int i = 0; i < PICTURES; i++) {
      labels.put((byte) (i % 10));
    }
    Files.write(folder.resolve("images"), images.array());
    Files.write(folder.resolve("labels"), labels.array());
    Files.writeString(folder.resolve("recipe.yaml"), RECIPE);
  }

  @Test
  void train_allModels_cascadesThatLoad() throws IOException {
    CascadeTraining training = open("work", "catalogue");
    assertThat(training.stages()).containsExactly("clip", "prior", "decoder", "sr32");
    for (String model : training.stages()) {
      assertThat(folder.resolve("catalogue/cascades")).doesNotExist();
      assertThat(training.train(model, false, () -> false, NOBODY)).isTrue();
    }
    Catalogue catalogue = Catalogue.read(folder.resolve("catalogue"));
    assertThat(catalogue.cascades())
        .extracting(Cascade::id)
        .containsExactlyInAnyOrder(
            "clothes@1",
            "clothes-vary@1",
            "clothes-blend@1",
            "clothes-blend-captions@1",
            "clothes-blend-mixed@1");
    catalogue.bundles().forEach(InstalledBundle::verifyFiles);
    InstalledBundle enlarger = catalogue.bundle(new BundleId("clothes-sr32", 1));
    assertThat(enlarger.bundle().imageSize()).isEqualTo(32);
    InstalledBundle text = catalogue.bundle(new BundleId("clothes-text", 1));
    assertThat(text.bundle().provenance().path("command").asText())
        .isEqualTo("farm train clip --recipe");
    assertThat(text.bundle().provenance().at("/recipe/cascade").asText()).isEqualTo("clothes");
    assertThat(text.bundle().licence()).isEqualTo("NOASSERTION");
    assertThat(remarks).containsExactly("data: 20 examples");
    Path words = folder.resolve("catalogue/bundles/clothes-text/1/tokenizer.json");
    assertThat(Files.readString(words)).contains("boot", "dress").doesNotContain("circle");
  }

  @Test
  void train_stoppedAndResumed_sameWeightsAsUndisturbed() throws IOException {
    open("whole", "one").train("clip", false, () -> false, NOBODY);
    boolean[] stop = {false};
    CascadeTraining halves = open("halves", "two");
    assertThat(halves.train("clip", false, () -> stop[0], (report, weights) -> stop[0] = true))
        .isFalse();
    assertThat(halves.train("clip", true, () -> false, NOBODY)).isTrue();
    assertThat(weights("two")).isEqualTo(weights("one"));
  }

  @Test
  void train_resumedWithOtherData_refused() throws IOException {
    CascadeTraining training = open("work", "catalogue");
    training.train("clip", false, () -> false, NOBODY);
    Files.writeString(folder.resolve("recipe.yaml"), RECIPE.replace("an image of", "a picture of"));
    assertThatThrownBy(() -> open("work", "catalogue").train("clip", true, () -> false, NOBODY))
        .isInstanceOf(TrainingException.class);
  }

  @Test
  void train_captionsLongerThanTheModel_cutAndCounted() throws IOException {
    String wordy = RECIPE.replace("an image of a", "an image of one of those that are called a");
    Files.writeString(folder.resolve("recipe.yaml"), wordy);
    CascadeTraining training = open("work", "catalogue");
    training.train("clip", false, () -> false, NOBODY);
    training.train("prior", false, () -> false, NOBODY);
    assertThat(remarks)
        .last()
        .asString()
        .startsWith("captions: 16 of 16 are too long and lose their tail");
  }

  @Test
  void train_resumedWithAnotherClip_refused() throws IOException {
    CascadeTraining training = open("work", "catalogue");
    training.train("clip", false, () -> false, NOBODY);
    training.train("prior", false, () -> false, NOBODY);
    assertThat(training.train("prior", true, () -> false, NOBODY)).isTrue();
    String faster = RECIPE.replace("clip: {batch: 4, ", "clip: {batch: 5, ");
    Files.writeString(folder.resolve("recipe.yaml"), faster);
    CascadeTraining other = open("work", "catalogue");
    other.train("clip", false, () -> false, NOBODY);
    assertThatThrownBy(() -> other.train("prior", true, () -> false, NOBODY))
        .isInstanceOf(TrainingException.class)
        .hasMessageContaining("clip_weights");
  }

  @Test
  void train_withoutClip_refused() {
    assertThatThrownBy(() -> open("work", "catalogue").train("prior", false, () -> false, NOBODY))
        .isInstanceOf(TrainingException.class)
        .hasMessageEndingWith("missing (expected: train clip first)");
  }

  private byte[] weights(String catalogue) throws IOException {
    return Files.readAllBytes(
        folder.resolve(catalogue + "/bundles/clothes-image/1/model.safetensors"));
  }

  private CascadeTraining open(String work, String catalogue) {
    return RecipeCascade.open(
        RecipeFile.read(folder.resolve("recipe.yaml")),
        folder.resolve(work),
        folder.resolve(catalogue),
        remarks::add);
  }
}
