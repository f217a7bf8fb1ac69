package dev.cascadefarm.diffusion.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.diffusion.minimagen.ImagenArguments;
import dev.cascadefarm.diffusion.minimagen.MinImagen;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectory;
import dev.cascadefarm.diffusion.minimagen.UnetArguments;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.testing.python.PythonFailedException;
import dev.cascadefarm.testing.python.PythonTier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Training directories that one side writes and the other loads. */
@Tag("python")
@ExtendWith(PythonExtension.class)
class MinImagenDirectoryTest {
  private static final String TIMESTAMP = "20260101_120000";

  @TempDir Path temporary;

  @Test
  void weights_directoryWeWrote_minImagenLoadsTheSameBits(PythonSide python) throws IOException {
    TrainingDirectory directory = drawn();
    List<Map<String, HostTensor>> theirs = python.minImagenDirectory(directory.folder(), null);

    assertThat(theirs).isEqualTo(ours(directory));
    String path = "final_conv.weight";
    Map<String, HostTensor> doctored = Draws.without(directory.weights(1), path);
    directory.writeBest(1, doctored);
    assertThat(python.minImagenDirectory(directory.folder(), null).get(1))
        .isEqualTo(doctored)
        .isNotEqualTo(theirs.get(1));
  }

  @Test
  void weights_directoryMinImagenWrote_weLoadTheSameBits(PythonSide python) throws IOException {
    Path folder = temporary.resolve("training_" + TIMESTAMP);
    List<Map<String, HostTensor>> theirs = python.minImagenDirectory(folder, PythonTier.SEED);

    assertThat(ours(TrainingDirectory.open(folder))).isEqualTo(theirs);
  }

  @Test
  void minImagen_directoryWithoutAUnetsParameters_refuses(PythonSide python) throws IOException {
    TrainingDirectory directory = drawn();
    Files.delete(directory.folder().resolve("parameters/unet_1_params_" + TIMESTAMP + ".json"));
    assertThatThrownBy(() -> python.minImagenDirectory(directory.folder(), null))
        .isInstanceOf(PythonFailedException.class);
  }

  private static List<Map<String, HostTensor>> ours(TrainingDirectory directory) {
    return List.of(directory.weights(0), directory.weights(1));
  }

  /** Two U-Nets that nobody chose, in a directory that we write. */
  private TrainingDirectory drawn() {
    Draws draws = new Draws("directory");
    List<UnetArguments> unets = List.of(unet(draws), unet(draws));
    int width = draws.between(4, 24);
    ImagenArguments imagen =
        new ImagenArguments(
            "t5_small", List.of(8, 16), width, 3, List.of(25), 0.1, "l2", 0.2, true, 0.9, null);
    TrainingDirectory directory =
        TrainingDirectory.create(
            temporary.resolve("ours"), TIMESTAMP, new MinImagen(imagen, unets), Map.of());
    for (int i = 0; i < unets.size(); i++) {
      var graph = UnetProgram.graph(directory.model().config(i));
      directory.writeBest(i, draws.weights(graph));
    }
    return directory;
  }

  private static UnetArguments unet(Draws draws) {
    int layers = draws.between(1, 2);
    boolean efficient = draws.coin();
    return new UnetArguments(
        8 * draws.between(1, 2),
        Collections.nCopies(layers, 1),
        3,
        null,
        draws.between(4, 12),
        512,
        List.of(draws.between(0, 2)),
        List.of(draws.coin()),
        List.of(draws.coin()),
        draws.between(1, 4),
        false,
        efficient,
        draws.coin());
  }
}
