package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.EmbedsCalls.request;
import static dev.cascadefarm.diffusion.runner.EmbedsCalls.run;
import static dev.cascadefarm.diffusion.runner.EmbedsCalls.tensors;
import static dev.cascadefarm.diffusion.runner.EmbedsCalls.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.t5.T5Convention;
import dev.cascadefarm.diffusion.t5.T5Folder;
import dev.cascadefarm.diffusion.t5.T5TextConfig;
import dev.cascadefarm.diffusion.t5.T5TextEncoder;
import dev.cascadefarm.diffusion.t5.TinyT5;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Tag("engine")
@ExtendWith(EngineThread.class)
class T5StageTest {
  private static final int LENGTH = 10;
  private static final int WIDTH = 512;
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  @TempDir Path folder;

  @Test
  void advance_caption_asTheLibraryEncodesItThenZeros() throws IOException {
    String caption = "a red circle";
    try (StageRunner runner = new TorchStageLoader().load(stage(), "cpu");
        T5TextEncoder library =
            T5TextEncoder.load(TinyT5.write(folder.resolve("t5")), LENGTH, "cpu")) {
      Map<String, HostTensor> ours = run(runner, Map.of("prompt", words(caption)));
      HostTensor expected = library.encode(List.of(caption)).embeds();
      int own = expected.data().length;
      HostTensor embeds = ours.get("prompt.embeds");
      assertThat(embeds.shape()).containsExactly(1, LENGTH, WIDTH);
      assertThat(Fixture.difference(Arrays.copyOf(embeds.data(), own), expected.data()))
          .isLessThan(1e-6);
      assertThat(Arrays.copyOfRange(embeds.data(), own, LENGTH * WIDTH)).containsOnly(0);
      assertThat(own).isEqualTo(8 * WIDTH);
      assertThat(ours.get("prompt.mask").data()).containsExactly(1, 1, 1, 1, 1, 1, 1, 1, 0, 0);
    }
  }

  @Test
  void advance_deepFloydsConvention_paddingCapitalsAndTheEmptyCaption() throws IOException {
    try (StageRunner runner = new TorchStageLoader().load(deepFloyd(), "cpu")) {
      Map<String, HostTensor> ours = run(runner, Map.of("prompt", new StageValue.Text(" A Red ")));

      assertThat(ours).containsKey("negative_prompt.embeds");
      float[] padding = Arrays.copyOfRange(ours.get("prompt.embeds").data(), 9 * WIDTH, 10 * WIDTH);
      assertThat(padding).contains(padding[0]).doesNotContain(0);
      assertThat(run(runner, Map.of("prompt", new StageValue.Text("a red")))).isEqualTo(ours);
      Map<String, StageValue> shop = Map.of("prompt", new StageValue.Text("a red.png A Red"));
      assertThat(run(runner, shop)).isNotEqualTo(ours);
      SampleRequest cleaned =
          new SampleRequest("text", 1, JSON.createObjectNode().put("clean", true), shop);
      Sample sample = runner.begin(cleaned);
      runner.advance(List.of(sample));
      Map<String, HostTensor> clean = tensors(sample);
      assertThat(clean.get("prompt.embeds"))
          .isEqualTo(
              run(runner, Map.of("prompt", new StageValue.Text("a a red"))).get("prompt.embeds"));
    }
  }

  @Test
  void advance_manySamples_eachAsAlone() throws IOException {
    try (StageRunner runner = new TorchStageLoader().load(stage(), "cpu")) {
      Map<String, StageValue> both = Map.of("prompt", words("red"), "negative_prompt", words(""));
      Map<String, HostTensor> alone = run(runner, both);
      Sample first = runner.begin(request(Map.of("prompt", words("a star"))));
      Sample second = runner.begin(request(both));
      runner.advance(List.of(first, second));
      assertThat(tensors(second)).isEqualTo(alone).containsKey("negative_prompt.embeds");
    }
  }

  @Test
  void begin_longCaption_warnsAndStrangeWordsDoNot() throws IOException {
    try (StageRunner runner = new TorchStageLoader().load(stage(), "cpu")) {
      Sample plaid = runner.begin(request(Map.of("prompt", words("ж 🔴"))));
      assertThat(plaid.warnings()).isEmpty();
      Sample cut = runner.begin(request(Map.of("prompt", words("a a a a a a a a a a a"))));
      assertThat(cut.warnings()).containsExactly("prompt: 2 tokens beyond the first 9 are ignored");
    }
  }

  @Test
  void load_doctoredFiles_refusedByName() throws IOException {
    StageDefinition stage = stage();
    Path weights = stage.folder().resolve(TorchStageLoader.WEIGHTS);
    Map<String, HostTensor> tensors = new LinkedHashMap<>(SafeTensors.read(weights));
    assertThat(tensors.keySet()).allMatch(each -> !each.startsWith("decoder"));
    tensors.get("encoder.final_layer_norm.weight").data()[3] = Float.NaN;
    SafeTensors.write(weights, tensors, ElementType.F32);
    assertThatThrownBy(() -> new TorchStageLoader().load(stage, "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("selftest.safetensors: encode/out/0 holds NaN");
    tensors.remove("encoder.final_layer_norm.weight");
    SafeTensors.write(weights, tensors, ElementType.F32);
    assertThatThrownBy(() -> new TorchStageLoader().load(stage, "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("missing [encoder.final_layer_norm.weight]");
    Files.writeString(stage.folder().resolve(TorchStageLoader.TOKENIZER), "{}");
    assertThatThrownBy(() -> new TorchStageLoader().load(stage, "cpu"))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("tokenizer.json: cannot be loaded");
  }

  private StageDefinition stage() throws IOException {
    T5Folder source = TinyT5.write(folder.resolve("t5"));
    Path bundle = folder.resolve("bundle");
    T5TextConfig config = BundleFiles.writeT5(bundle, source, LENGTH);
    return new StageDefinition(
        TorchStageLoader.T5_KIND, JSON.valueToTree(config), JSON.createObjectNode(), 0, 1, bundle);
  }

  private StageDefinition deepFloyd() throws IOException {
    T5Folder source = TinyT5.write(folder.resolve("t5"));
    Path bundle = folder.resolve("bundle");
    T5TextConfig config = new T5TextConfig(source.config(), LENGTH, T5Convention.DEEPFLOYD);
    BundleFiles.writeT5(bundle, source, config);
    return new StageDefinition(
        TorchStageLoader.T5_KIND, JSON.valueToTree(config), JSON.createObjectNode(), 0, 1, bundle);
  }
}
