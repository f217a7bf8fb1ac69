package dev.cascadefarm.standalone.minimagen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.data.DataException;
import dev.cascadefarm.diffusion.minimagen.GeneratedImages;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectory;
import dev.cascadefarm.diffusion.scenes.SceneDataset;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.scenes.Wording;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.t5.T5FilesException;
import dev.cascadefarm.diffusion.train.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
class MinImagenTrainingTest {
  private static final TrainingListener NOBODY = (report, weights) -> {};

  @TempDir Path folder;
  private Path parameters;
  private Path t5;

  @BeforeEach
  void write() throws IOException {
    parameters =
        TinyMinImagen.hasten(TinyMinImagen.directory(folder.resolve("given")))
            .resolve("parameters");
    t5 = TinyMinImagen.t5(folder.resolve("t5"));
    new SceneDataset(new SceneSampler(3, Split.TRAIN, 0.5, Textures.BOLD), Wording.PLAIN, 16, 8)
        .write(folder.resolve("data"));
  }

  @Test
  void run_twoEpochs_minImagensLayoutAndBestWeights() throws IOException {
    TrainingDirectory directory = train("one", null, () -> false, true);
    TrainingDirectory read = TrainingDirectory.open(directory.folder());
    assertThat(read.arguments())
        .containsEntry("OPTIM_LR", "0.01")
        .containsEntry("VALID_NUM", "None")
        .containsEntry("TESTING", "False")
        .containsEntry("timestamp", "one");
    for (int unet = 0; unet < 2; unet++) {
      assertThat(directory.folder().resolve("tmp/unet_" + unet + "_tmp.pth")).exists();
      assertThat(read.weights(unet)).isNotEmpty();
    }
    assertThat(Files.readString(directory.folder().resolve("training_progess.txt")))
        .contains("data: 8 examples")
        .contains("unet 0, step 2: validation loss ")
        .contains("unet 1, step 4: validation loss ");
  }

  @Test
  void run_stoppedAndGoneOnWith_sameWeightsAsUndisturbed() {
    Map<String, HostTensor> whole = train("whole", null, () -> false, true).weights(1);
    int[] asked = {0};
    TrainingDirectory half = train("half", null, () -> ++asked[0] > 3, false);
    TrainingDirectory rest = train("half", half.folder().toString(), () -> false, true);
    assertThat(rest.weights(1)).isEqualTo(whole);
  }

  @Test
  void run_weightsWithoutState_startsFromThem() throws IOException {
    TrainingDirectory given = TrainingDirectory.open(folder.resolve("given"));
    Map<String, HostTensor> before = given.weights(0);
    int[] asked = {0};
    train("x", given.folder().toString(), () -> ++asked[0] > 0, false);
    assertThat(given.folder().resolve("tmp/unet_0_tmp.pth")).exists();
    Files.delete(given.folder().resolve("state_dicts/unet_0_state_20260101_120000.pth"));
    Files.delete(given.folder().resolve("state_dicts/unet_1_state_20260101_120000.pth"));
    assertThat(given.weights(0)).isEqualTo(before);
  }

  @Test
  void inference_twoCaptions_aPictureOfEach() throws IOException {
    List<String> lines = new ArrayList<>();
    GeneratedImages images =
        GeneratedImages.create(folder.resolve("images"), List.of("a cat", "a dog"), "given");
    MinImagenInference.open(TrainingDirectory.open(folder.resolve("given")), t5)
        .run(images, lines::add);
    assertThat(lines).containsExactly("U-Net 0: 2 pictures", "U-Net 1: 2 pictures");
    for (int i = 0; i < 2; i++) {
      assertThat(ImageIO.read(images.picture(i).toFile()).getWidth()).isEqualTo(16);
    }
  }

  @Test
  void open_dataOrT5Missing_refusedAndNothingWritten() {
    TrainingArguments arguments = arguments("new", null);
    assertThatThrownBy(() -> open(arguments, "none", t5))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("captions.jsonl: missing");
    assertThatThrownBy(() -> open(arguments, "data", folder.resolve("none")))
        .isInstanceOf(T5FilesException.class)
        .hasMessageContaining("missing config.json, model.safetensors, tokenizer.json");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  private MinImagenTraining open(TrainingArguments arguments, String data, Path encoder) {
    return MinImagenTraining.open(
        arguments,
        new MinImagenTraining.Sources(folder.resolve(data), encoder),
        folder.resolve(arguments.timestamp()));
  }

  private TrainingDirectory train(
      String name, @Nullable String restart, BooleanSupplier stop, boolean finished) {
    MinImagenTraining training = open(arguments(name, restart), "data", t5);
    assertThat(training.run(stop, unet -> NOBODY)).isEqualTo(finished);
    return training.directory();
  }

  private TrainingArguments arguments(String name, @Nullable String restart) {
    return new TrainingArguments(
        parameters.toString(),
        0,
        2,
        8,
        16,
        2,
        "t5_small",
        0.5,
        25,
        1e-2,
        1,
        2,
        null,
        restart,
        false,
        name);
  }
}
