package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.standalone.torchscript.TorchScriptFiles;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TorchScript files from Python, imported and drawn with by a whole farm. */
@Tag("integration")
class ImportTorchScriptTest {
  private static final int SIDE = 8;

  @TempDir Path directory;

  private final Terminal terminal = new Terminal();

  @Test
  void render_modelWithoutCaptions_aPicture() throws IOException {
    assertThat(install("plain", TorchScriptFiles.PLAIN)).isEqualTo("plain@1");

    InstalledBundle bundle = catalogue().bundle(new BundleId("plain", 1));
    bundle.verifyFiles();
    assertThat(bundle.folder().resolve("model.pt"))
        .hasSameBinaryContentAs(TorchScriptFiles.file("plain"));
    assertThat(bundle.bundle().licence()).isEqualTo("MIT");
    int[] picture = render("plain", "anything at all");
    assertThat(picture).hasSize(SIDE * SIDE);
    assertThat(Arrays.stream(picture).distinct().count()).isGreaterThan(SIDE);
    assertThat(render("plain", "whatever")).isEqualTo(picture);
  }

  @Test
  void render_cascadeOfThreeFiles_captionsCount() throws IOException {
    assertThat(install("words", TorchScriptFiles.WORDS)).isEqualTo("words@1");
    assertThat(install("decoder", TorchScriptFiles.DECODER)).isEqualTo("decoder@1");
    assertThat(catalogue().cascades()).isEmpty();
    assertThat(
            install(
                "guided", TorchScriptFiles.GUIDED, "--text", "words@1", "--decoder", "decoder@1"))
        .isEqualTo("guided@1");

    assertThat(catalogue().cascade("guided").orElseThrow().stages())
        .extracting(each -> each.name() + " " + each.inputs())
        .containsExactly(
            "text "
                + Map.of("prompt", "request.prompt", "negative_prompt", "request.negative_prompt"),
            "latent " + Map.of("embeds", "text.embeds"),
            "vae " + Map.of("latents", "latent.latents"));
    int[] picture = render("guided", "a red circle", "--set", "latent.steps=2");
    assertThat(picture).hasSize(SIDE * SIDE);
    assertThat(terminal.err()).contains("text: 1/1 steps", "latent: 2/2 steps", "vae: 1/1 steps");
    assertThat(render("guided", "two blue stars", "--set", "latent.steps=2")).isNotEqualTo(picture);
  }

  @Test
  void import_captionsOfAnotherWidth_refusedWithBothWidths() throws IOException {
    install("words", TorchScriptFiles.WORDS);
    install("decoder", TorchScriptFiles.DECODER);
    terminal.clear();
    String wide =
        TorchScriptFiles.GUIDED.replace(
            "\"embeds\", \"shape\": [\"B\", 6, 8]", "\"embeds\", \"shape\": [\"B\", 6, 16]");
    assertThat(wide).isNotEqualTo(TorchScriptFiles.GUIDED);

    int code =
        run(
            "guided",
            TorchScriptFiles.describe(directory, "wide", wide),
            "--text",
            "words@1",
            "--decoder",
            "decoder@1");

    assertThat(code).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err())
        .contains("latent.inputs.embeds: text.embeds is 1 × N × 8 (expected: 1 × N × 16)");
    assertThat(catalogue().bundles()).hasSize(2);
  }

  @Test
  void import_fileThatDoesOtherwise_refusedAndNothingWritten() throws IOException {
    Path description = TorchScriptFiles.describe(directory, "wrong-shape", TorchScriptFiles.PLAIN);

    int code = run("wrong-shape", description);

    assertThat(code).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err())
        .endsWith("prediction of 1: [1, 2, 8, 8] (expected: [1, 3, 8, 8], as described)\n");
    assertThat(terminal.out()).isEmpty();
    assertThat(directory.resolve("catalogue")).doesNotExist();
  }

  private String install(String name, String description, String... more) throws IOException {
    terminal.clear();
    int code = run(name, TorchScriptFiles.describe(directory, name, description), more);
    assertThat(code).as(terminal.err()).isZero();
    return terminal.out().strip();
  }

  private int run(String name, Path description, String... more) {
    String[] command = {
      "import",
      "torchscript",
      TorchScriptFiles.file(name).toString(),
      "--stage-json",
      description.toString(),
      "--name",
      name
    };
    return terminal.run(
        directory,
        Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new));
  }

  private Catalogue catalogue() {
    return Catalogue.read(directory.resolve("catalogue"));
  }

  private int[] render(String cascade, String caption, String... more) throws IOException {
    terminal.clear();
    String out = directory.resolve("renders").toString();
    String[] command = {"render", caption, "--cascade", cascade, "--seed", "3", "--out", out};
    int code =
        terminal.run(
            directory,
            Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new));
    assertThat(code).as(terminal.err()).isZero();
    Path picture = Path.of(terminal.out().strip());
    assertThat(Files.exists(picture)).isTrue();
    BufferedImage image = ImageIO.read(picture.toFile());
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }
}
