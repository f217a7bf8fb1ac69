package dev.cascadefarm.diffusion.runner;

import static dev.cascadefarm.diffusion.runner.EmbedsCalls.request;
import static dev.cascadefarm.diffusion.runner.EmbedsCalls.run;
import static dev.cascadefarm.diffusion.runner.EmbedsCalls.tensors;
import static dev.cascadefarm.diffusion.runner.EmbedsCalls.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.clip.ClipFilesException;
import dev.cascadefarm.diffusion.clip.ClipTextFolder;
import dev.cascadefarm.diffusion.clip.ClipVisionFolder;
import dev.cascadefarm.diffusion.clip.TinyClip;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.diffusion.weights.WeightsException;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("engine")
@ExtendWith(EngineThread.class)
class ClipStageTest {
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"text-quick, sd2, 24", "text-gelu, sd1, 24", "projected-quick, newer-saved, 13"})
  void advance_captions_tokensMaskAndWhole(String name, String style, int width)
      throws IOException {
    try (StageRunner runner = load(text(name, style))) {
      Map<String, HostTensor> tensors =
          run(runner, Map.of("prompt", words("a red circle"), "negative_prompt", words("")));
      assertThat(tensors)
          .containsOnlyKeys(
              "prompt.embeds",
              "prompt.mask",
              "prompt.pooled",
              "negative_prompt.embeds",
              "negative_prompt.mask",
              "negative_prompt.pooled");
      assertThat(tensors.get("prompt.embeds").shape()).containsExactly(1, 77, 24);
      assertThat(tensors.get("prompt.pooled").shape()).containsExactly(1, width);
      float[] mask = new float[77];
      Arrays.fill(mask, 0, 5, 1);
      assertThat(tensors.get("prompt.mask").data()).containsExactly(mask);
      Arrays.fill(mask, 2, 5, 0);
      assertThat(tensors.get("negative_prompt.mask").data()).containsExactly(mask);
      if (width == 24) {
        float[] end = Arrays.copyOfRange(tensors.get("prompt.embeds").data(), 4 * width, 5 * width);
        assertThat(tensors.get("prompt.pooled").data()).containsExactly(end);
      }
    }
  }

  @Test
  void advance_manySamples_eachAsAlone() throws IOException {
    try (StageRunner runner = load(text("text-gelu", "sd1"))) {
      Map<String, StageValue> both =
          Map.of("prompt", words("red"), "negative_prompt", words("a star"));
      Map<String, HostTensor> alone = run(runner, both);
      Sample first = runner.begin(request(Map.of("prompt", words("a star"))));
      Sample second = runner.begin(request(both));
      runner.advance(List.of(first, second));
      assertThat(tensors(second)).isEqualTo(alone);
      assertThat(tensors(first).get("prompt.pooled"))
          .isEqualTo(alone.get("negative_prompt.pooled"));
    }
  }

  @Test
  void advance_noNegativePrompt_theEmptyCaption() throws IOException {
    try (StageRunner runner = load(text("text-gelu", "sd1"))) {
      Map<String, StageValue> empty = Map.of("prompt", words("red"), "negative_prompt", words(""));
      assertThat(run(runner, Map.of("prompt", words("red")))).isEqualTo(run(runner, empty));
    }
  }

  @Test
  void begin_longCaption_warns() throws IOException {
    try (StageRunner runner = load(text("text-gelu", "short"))) {
      assertThat(runner.begin(request(Map.of("prompt", words("ж 🔴")))).warnings()).isEmpty();
      assertThat(runner.begin(request(Map.of("prompt", words("a a a a a a a a a")))).warnings())
          .containsExactly("prompt: 2 tokens beyond the first 7 are ignored");
    }
  }

  @Test
  void advance_picture_asTransformersEmbedsIt() throws IOException {
    Map<String, HostTensor> io = Fixture.tensors("clip-vision-quick-io");
    float[] pixels = io.get("stage.picture").data().clone();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] /= 255;
    }
    HostTensor picture = new HostTensor(io.get("stage.picture").shape(), pixels);
    try (StageRunner runner = load(vision())) {
      Map<String, HostTensor> tensors = run(runner, Map.of("image", new StageValue.Image(picture)));
      assertThat(tensors).containsOnlyKeys("image.pooled");
      HostTensor pooled = tensors.get("image.pooled");
      assertThat(pooled.shape()).containsExactly(1, 11);
      float[] recorded = io.get("stage.pooled").data();
      assertThat(Fixture.difference(pooled.data(), recorded)).isLessThan(1e-5);

      Sample first = runner.begin(request(Map.of("image", new StageValue.Image(picture))));
      int centre = (40 + 20) * 57 + 28;
      pixels[centre] = pixels[centre] < 0.5f ? 1 : 0;
      Sample second = runner.begin(request(Map.of("image", new StageValue.Image(picture))));
      assertThatThrownBy(second::outputs).isInstanceOf(IllegalStateException.class);
      runner.advance(List.of(second, first));
      assertThat(tensors(first).get("image.pooled")).isEqualTo(pooled);
      float[] other = tensors(second).get("image.pooled").data();
      assertThat(Fixture.difference(other, recorded)).isGreaterThan(1e-4);
      assertThat(second.rowsDone()).isEqualTo(second.rowsTotal()).isEqualTo(1);
    }
  }

  @Test
  void begin_noPicture_refused() throws IOException {
    try (StageRunner runner = load(vision())) {
      assertThatThrownBy(() -> runner.begin(request(Map.of("image", words("a star")))))
          .isInstanceOf(InvalidSampleException.class)
          .hasMessageContaining("(expected: a picture 3×H×W)");
      StageValue grey = new StageValue.Image(HostTensor.of(new float[4], 1, 2, 2));
      assertThatThrownBy(() -> runner.begin(request(Map.of("image", grey))))
          .isInstanceOf(InvalidSampleException.class);
    }
  }

  @Test
  void load_doctoredFiles_refusedByName() throws IOException {
    StageDefinition stage = text("text-gelu", "sd1");
    Path weights = stage.folder().resolve(TorchStageLoader.WEIGHTS);
    Map<String, HostTensor> tensors = new LinkedHashMap<>(SafeTensors.read(weights));
    String norm = "text_model.final_layer_norm.weight";
    tensors.get(norm).data()[3] = Float.NaN;
    SafeTensors.write(weights, tensors, ElementType.F32);
    assertThatThrownBy(() -> load(stage))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("selftest.safetensors: encode/out/0 holds NaN");
    tensors.remove(norm);
    SafeTensors.write(weights, tensors, ElementType.F32);
    assertThatThrownBy(() -> load(stage))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("missing [" + norm + "]");
    ObjectNode model = (ObjectNode) stage.model().deepCopy();
    ((ObjectNode) model.get("clip")).put("eos_token_id", 7);
    assertThatThrownBy(() -> load(definition(stage.kind(), model, stage.folder())))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("eos_token_id: 7 (expected: 753, the tokenizer's end token)");
    Files.writeString(stage.folder().resolve(TorchStageLoader.TOKENIZER), "{}");
    assertThatThrownBy(() -> load(stage))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("tokenizer.json: cannot be loaded");
  }

  @Test
  void write_filesThatDoNotFit_refusedBeforeAnythingIsWritten() throws IOException {
    ClipTextFolder text = TinyClip.text(folder.resolve("sd"), "text-gelu", "sd1");
    Path bundle = folder.resolve("bundle");
    Map<String, HostTensor> tensors =
        new LinkedHashMap<>(SafeTensors.read(text.model().resolve("model.safetensors")));
    tensors.put("text_model.more", HostTensor.of(new float[1], 1));
    SafeTensors.write(text.model().resolve("model.safetensors"), tensors, ElementType.F32);
    assertThatThrownBy(() -> ClipBundleFiles.writeText(bundle, text))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("unexpected [text_model.more]");
    ClipVisionFolder vision = TinyClip.vision(folder.resolve("v"), "vision-quick", "odd");
    assertThatThrownBy(() -> ClipBundleFiles.writeImage(bundle, vision))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("crop_size: 24 (expected: image_size, 30)");
    Files.delete(text.tokenizer().resolve("vocab.json"));
    assertThatThrownBy(() -> ClipBundleFiles.writeText(bundle, text))
        .isInstanceOf(ClipFilesException.class)
        .hasMessageContaining("missing vocab.json");
    assertThat(bundle).doesNotExist();
  }

  private StageDefinition text(String name, String style) throws IOException {
    Path bundle = folder.resolve("bundle");
    ClipTextFolder source = TinyClip.text(folder.resolve("sd"), name, style);
    JsonNode model = JSON.valueToTree(ClipBundleFiles.writeText(bundle, source));
    return definition(TorchStageLoader.CLIP_TEXT_KIND, model, bundle);
  }

  private StageDefinition vision() throws IOException {
    Path bundle = folder.resolve("bundle");
    ClipVisionFolder source = TinyClip.vision(folder.resolve("sd"), "vision-quick", "stage");
    JsonNode model = JSON.valueToTree(ClipBundleFiles.writeImage(bundle, source));
    return definition(TorchStageLoader.CLIP_IMAGE_KIND, model, bundle);
  }

  private static StageDefinition definition(String kind, JsonNode model, Path bundle) {
    return new StageDefinition(kind, model, JSON.createObjectNode(), 0, 1, bundle);
  }

  private static StageRunner load(StageDefinition stage) {
    return new TorchStageLoader().load(stage, "cpu");
  }
}
