package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.standalone.torchscript.TorchScriptFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Descriptions and files that cannot be imported: exit 2, one line, nothing written. */
class ImportTorchScriptRefusalTest {
  @TempDir Path directory;

  private final Terminal terminal = new Terminal();
  private Path file;

  @BeforeEach
  void choose() {
    file = TorchScriptFiles.file("plain");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "kind": "diffusion" | "kind": "prior" | kind: prior (expected: one of diffusion, text-encoder, vae-encoder, vae-decoder)
          "kind": "diffusion", | `` | kind: missing (expected: one of
          "licence" | "license" | license: unknown (expected: one of [
          "objective": "noise" | "objective": "epsilon" | diffusion: objective: epsilon (expected: one of noise, x_start, v)
          "objective": "noise", | `` | diffusion: objective: missing (expected: one of
          "timesteps": 1000 | "timesteps": 0 | diffusion: timesteps: 0 (expected: 1 to 100000)
          "timesteps": 1000 | "timesteps": 1000, "beta": 3 | diffusion: beta: unknown (expected: one of
          "timesteps": 1000 | "timesteps": 1000, "variance": "learned_range" | diffusion: variance: learned_range (expected: learned_range if, and only if, the prediction has it)
          "curve": "linear" | "curve": "sigmoid" | schedule: curve: sigmoid (expected: one of linear, scaled_linear, squaredcos_cap_v2, given)
          "last": 0.02 | "last": 2 | diffusion: schedule: beta: 1.0E-4 to 2.0
          "steps": 8 | "stairs": 8 | defaults: stairs: unknown (expected: one of [
          "steps": 8 | "steps": 1001 | parameters.steps: 1001
          "steps": 8 | "guidance": 2 | parameters.guidance: 2
          "ddim" | "magic" | parameters.sampler: "magic"
          plain-call.safetensors | nowhere.safetensors | self_test: nowhere.safetensors (expected: a file beside the description)
          "name": "timestep", | "name": "t", | inputs: t (expected: one of x, x+image, timestep
          ["B"]} | ["B"]}, {"name": "keep", "shape": ["B"]} | method forward(x: Tensor, t: Tensor) -> Tensor (expected: 3 arguments, tensors: [x, timestep, keep])
          "inputs" | "method": "draw", "inputs" | method draw: missing (expected: one of [forward])
          {"curve" | [{"curve" | (expected: JSON)
          """)
  void import_descriptionThatIsNotOne_refusedByKey(String text, String instead, String message)
      throws IOException {
    assertThat(TorchScriptFiles.PLAIN).contains(text);
    assertRefused(TorchScriptFiles.PLAIN.replace(text, instead), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          checkpoint | a checkpoint of torch.save, without a program (expected: a TorchScript file: torch.jit.trace(
          writes | operator aten::save (expected: no access to files)
          dictionary | Dict[str, Tensor] (expected: a tensor, or a tuple of at least as many
          nothing | nothing.pt: missing (expected: a TorchScript file
          """)
  void import_fileThatIsNoProgram_refused(String name, String message) throws IOException {
    file = TorchScriptFiles.file(name);
    assertRefused(TorchScriptFiles.PLAIN, message);
  }

  @Test
  void import_weightsWithoutAProgram_refusedWithTheWayToExport() throws IOException {
    file = Files.writeString(directory.resolve("model.pt"), "\u0008\0\0\0\0\0\0\0{}      ");
    assertRefused(TorchScriptFiles.PLAIN, "safetensors, weights without a program (expected: a");
  }

  @Test
  void import_companyThatDoesNotFit_refusedByOption() throws IOException {
    assertRefused(TorchScriptFiles.PLAIN, "--text: given (expected: absent", "--text", "a@1");
    assertRefused(TorchScriptFiles.PLAIN, "--decoder: given (expected: absent", "--decoder", "a@1");
    assertRefused(TorchScriptFiles.PLAIN, "--after: a (expected: one of [])", "--after", "a");
    assertRefused(TorchScriptFiles.PLAIN, "--text: A (expected: NAME@VERSION", "--text", "A");
    assertRefused(
        TorchScriptFiles.PLAIN,
        "--bundle-only: given (expected: not beside",
        "--bundle-only",
        "--text",
        "a@1");
    file = TorchScriptFiles.file("guided");
    assertRefused(TorchScriptFiles.GUIDED, "--text: missing (expected: NAME@VERSION of an");
    assertRefused(
        TorchScriptFiles.GUIDED, "--decoder: missing (expected: NAME@VERSION", "--text", "a@1");
    file = TorchScriptFiles.file("decoder");
    assertRefused(
        TorchScriptFiles.DECODER, "--text: given (expected: absent, as a vae", "--text", "a@1");
  }

  @Test
  void import_stagesThatAreNotInstalled_refused() throws IOException {
    file = TorchScriptFiles.file("guided");
    assertRefused(
        TorchScriptFiles.GUIDED,
        "text.bundle: a@1 (expected: one of",
        "--text",
        "a@1",
        "--decoder",
        "b@1");
  }

  private void assertRefused(String description, String message, String... more)
      throws IOException {
    terminal.clear();
    Path said = TorchScriptFiles.describe(directory, "stage", description);
    String[] command = {
      "import", "torchscript", file.toString(), "--stage-json", said.toString(), "--name", "mine"
    };
    int code =
        terminal.run(
            directory,
            Stream.concat(Arrays.stream(command), Arrays.stream(more)).toArray(String[]::new));
    assertThat(code).as(terminal.err()).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err()).startsWith("farm: ").contains(message).hasLineCount(1);
    assertThat(terminal.out()).isEmpty();
    assertThat(directory.resolve("catalogue")).doesNotExist();
  }
}
