package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.TinyStages.caption;
import static dev.cascadefarm.diffusion.runner.TinyStages.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@ExtendWith(EngineThread.class)
class TorchStageLoaderTest {
  @TempDir Path folder;

  @Test
  void load_superResolution_followsThePictureItEnlarges() {
    StageDefinition definition = TinyStages.superResolution(folder);
    try (StageRunner runner = new TorchStageLoader().load(definition, "cpu")) {
      float[] dark = DiffusionRunnerTest.alone(runner, enlarge(0.1f, 0.2));
      float[] bright = DiffusionRunnerTest.alone(runner, enlarge(0.9f, 0.2));
      assertThat(dark).hasSize(3 * 16 * 16);
      assertThat(Fixture.difference(dark, bright)).isGreaterThan(1e-3);
      assertThat(DiffusionRunnerTest.alone(runner, enlarge(0.1f, 0.9))).isNotEqualTo(dark);
      assertThat(DiffusionRunnerTest.alone(runner, enlarge(0.1f, 0.2))).isEqualTo(dark);
    }
  }

  private static SampleRequest enlarge(float grey, double aug) {
    float[] pixels = new float[3 * 8 * 8];
    Arrays.fill(pixels, grey);
    ObjectNode settings = settings(3, 2).put("aug", aug);
    return new SampleRequest(
        "sr",
        4,
        settings,
        Map.of(
            "embeds", caption(1), "image", new StageValue.Image(HostTensor.of(pixels, 3, 8, 8))));
  }

  @Test
  void load_doctoredWeights_selfTestRefuses() {
    StageDefinition definition = TinyStages.base(folder, 1);
    change(TorchStageLoader.WEIGHTS, ElementType.F16, "final_conv.bias", 0.05f);
    assertThatThrownBy(() -> new TorchStageLoader().load(definition, "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("selftest.safetensors")
        .hasMessageContaining("differs by");
  }

  @Test
  void load_doctoredSelfTest_refused() {
    StageDefinition definition = TinyStages.base(folder, 1);
    change(TorchStageLoader.SELF_TEST, ElementType.F32, "predict/out/0", 0.5f);
    assertThatThrownBy(() -> new TorchStageLoader().load(definition, "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("predict/out/0 differs by");
    change(TorchStageLoader.SELF_TEST, ElementType.F32, "predict/out/0", Float.NaN);
    assertThatThrownBy(() -> new TorchStageLoader().load(definition, "cpu"))
        .hasMessageContaining("differs by NaN");
  }

  @Test
  void load_largePicture_selfTestIsSmallAndRefusesDoctoredWeights() {
    StageDefinition definition = TinyStages.diffusion(folder, TinyStages.unet(true), 96, 0, 1);
    Path file = folder.resolve(TorchStageLoader.SELF_TEST);
    assertThat(SafeTensors.read(file))
        .containsKeys("predict/tile/0", "predict/repeat/0", "predict/some/0")
        .doesNotContainKeys("predict/in/0", "predict/out/0");
    new TorchStageLoader().load(definition, "cpu").close();
    change(TorchStageLoader.WEIGHTS, ElementType.F16, "final_conv.bias", 0.05f);
    assertThatThrownBy(() -> new TorchStageLoader().load(definition, "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("/some/0 differs by");
  }

  @Test
  void load_selfTestWithoutAnswers_finiteOnesPass() {
    StageDefinition definition = TinyStages.base(folder, 1);
    Path file = folder.resolve(TorchStageLoader.SELF_TEST);
    Map<String, HostTensor> questions = new LinkedHashMap<>(SafeTensors.read(file));
    questions.keySet().removeIf(each -> each.contains("/out/"));
    SafeTensors.write(file, questions, ElementType.F32);
    change(TorchStageLoader.WEIGHTS, ElementType.F16, "final_conv.bias", 0.05f);
    new TorchStageLoader().load(definition, "cpu").close();
    change(TorchStageLoader.WEIGHTS, ElementType.F16, "final_conv.bias", Float.NaN);
    assertThatThrownBy(() -> new TorchStageLoader().load(definition, "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("holds NaN (expected: finite numbers)");
  }

  private void change(String file, ElementType type, String name, float amount) {
    Path path = folder.resolve(file);
    Map<String, HostTensor> tensors = new LinkedHashMap<>(SafeTensors.read(path));
    tensors.get(name).data()[0] += amount;
    SafeTensors.write(path, tensors, type);
  }

  @Test
  void load_selfTestWithStrangeNamesOrNone_refused() {
    StageDefinition definition = TinyStages.base(folder, 1);
    Path file = folder.resolve(TorchStageLoader.SELF_TEST);
    SafeTensors.write(file, Map.of("strange", HostTensor.of(new float[1], 1)), ElementType.F32);
    assertThatThrownBy(() -> new TorchStageLoader().load(definition, "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("selftest.safetensors: strange failed (expected: a call that this")
        .hasMessageContaining("earlier version");
    SafeTensors.write(file, Map.of(), ElementType.F32);
    assertThatThrownBy(() -> new TorchStageLoader().load(definition, "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("expected: at least one recorded call");
  }

  @Test
  void load_missingOrDamagedFile_stageExceptionNamesIt() throws IOException {
    StageDefinition definition = TinyStages.base(folder, 1);
    Path weights = folder.resolve(TorchStageLoader.WEIGHTS);
    byte[] whole = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(whole, whole.length - 1));
    assertThatThrownBy(() -> new TorchStageLoader().load(definition, "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("model.safetensors");
    Files.delete(weights);
    assertThatThrownBy(() -> new TorchStageLoader().load(definition, "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("model.safetensors: cannot be read");
  }

  @Test
  void load_tokenizerDamaged_stageException() throws IOException {
    StageDefinition definition = TinyStages.text(folder);
    Files.writeString(folder.resolve(TorchStageLoader.TOKENIZER), "{}");
    assertThatThrownBy(() -> new TorchStageLoader().load(definition, "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("tokenizer.json");
  }

  @Test
  void load_weightsOfAnotherModel_everyTensorNamed() {
    StageDefinition definition = TinyStages.base(folder, 1);
    ObjectNode model = definition.model().deepCopy();
    model.put("cond_dim", 16);
    assertThatThrownBy(() -> new TorchStageLoader().load(with(definition, model, 8), "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("text_to_cond.weight is [8, 8], expected [16, 8]");
  }

  @Test
  void load_badConfiguration_stageExceptionNamesTheKey() {
    StageDefinition definition = TinyStages.base(folder, 1);
    ObjectNode unknown = ((ObjectNode) definition.model().deepCopy()).put("colour", 1);
    assertThatThrownBy(() -> new TorchStageLoader().load(with(definition, unknown, 8), "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("colour");
    ObjectNode missing = definition.model().deepCopy();
    missing.remove("attn_heads");
    assertThatThrownBy(() -> new TorchStageLoader().load(with(definition, missing, 8), "cpu"))
        .isInstanceOf(StageException.class)
        .as("MinImagen's 8 heads, in place of 2")
        .hasMessageContaining("to_q.weight is [16, 16], expected [64, 16]");
    assertThatThrownBy(
            () -> new TorchStageLoader().load(with(definition, definition.model(), 9), "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("side: 9");
  }

  private static StageDefinition with(
      StageDefinition definition, com.fasterxml.jackson.databind.JsonNode model, int side) {
    return new StageDefinition(
        definition.kind(), model, definition.diffusion(), side, 1, definition.folder());
  }
}
