package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.scenes.SceneDataset;
import dev.cascadefarm.diffusion.scenes.SceneSampler;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import dev.cascadefarm.diffusion.scenes.Textures;
import dev.cascadefarm.diffusion.scenes.Wording;
import dev.cascadefarm.standalone.minimagen.TinyMinImagen;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MinImagen's scripts from the command line: train, draw, and make a cascade of it. */
@Tag("engine")
class MinImagenCommandTest {
  @TempDir Path directory;
  private final Terminal terminal = new Terminal();

  @Test
  void run_trainInferenceImport_eachTakesWhatTheOneBeforeWrote() throws IOException {
    Path parameters =
        TinyMinImagen.hasten(TinyMinImagen.directory(directory.resolve("given")))
            .resolve("parameters");
    Path t5 = TinyMinImagen.t5(directory.resolve("t5"));
    Path data = directory.resolve("data");
    new SceneDataset(new SceneSampler(3, Split.TRAIN, 0.5, Textures.BOLD), Wording.PLAIN, 16, 6)
        .write(data);
    String trained =
        done(
            "minimagen",
            "train",
            "-p",
            parameters.toString(),
            "-b",
            "2",
            "-mw",
            "8",
            "-e",
            "1",
            "-f",
            "0.5",
            "-cn",
            "1",
            "-lr",
            "0.001",
            "-ts",
            "one",
            "--data",
            data.toString(),
            "--t5-dir",
            t5.toString());
    assertThat(Path.of(trained)).isEqualTo(directory.resolve("training_one"));
    assertThat(directory.resolve("training_one/state_dicts/unet_1_state_one.pth")).exists();
    Path captions = Files.writeString(directory.resolve("captions.txt"), "a cat\na dog\n");
    String drawn =
        done(
            "minimagen",
            "inference",
            "-d",
            trained,
            "-c",
            captions.toString(),
            "--t5-dir",
            t5 + "");
    assertThat(Path.of(drawn).resolve("generated_images/image_1.png")).exists();
    assertThat(Path.of(drawn).resolve("imagen_training_directory.txt")).hasContent(trained);
    assertThat(done("import", "minimagen", trained, "--name", "mine", "--t5-dir", t5 + ""))
        .isEqualTo("mine@1");
  }

  /** The last line of a command's output. */
  private String done(String... arguments) {
    terminal.clear();
    assertThat(terminal.run(directory, arguments)).as(terminal.err()).isZero();
    return terminal.out().strip();
  }
}
