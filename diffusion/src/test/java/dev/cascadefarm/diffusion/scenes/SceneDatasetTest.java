package dev.cascadefarm.diffusion.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cascadefarm.diffusion.scenes.SceneSampler.Split;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SceneDatasetTest {
  private static final SceneSampler SAMPLER = new SceneSampler(4, Split.TRAIN, 0.5, Textures.ALL);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"PLAIN, 64", "VARIED, 256"})
  void write_fewScenes_picturesAndCaptionsReadBack(Wording wording, int side) throws IOException {
    new SceneDataset(SAMPLER, wording, side, 12).write(folder);
    List<String> lines = Files.readAllLines(folder.resolve("captions.jsonl"));
    assertThat(lines).hasSize(12);
    for (String line : lines) {
      JsonNode entry = JSON.readTree(line);
      try (InputStream in = Files.newInputStream(folder.resolve(entry.get("file").asText()))) {
        Verdict verdict =
            AlignmentOracle.judge(ScenePicture.readPng(in), entry.get("caption").asText());
        assertThat(verdict.score()).as(line).isEqualTo(1);
      }
    }
    JsonNode manifest = JSON.readTree(folder.resolve("manifest.json").toFile());
    assertThat(manifest.get("count").asInt()).isEqualTo(12);
    assertThat(manifest.at("/scenes/split").asText()).isEqualTo("train");
    assertThat(manifest.at("/scenes/textures").asText()).isEqualTo("all");
  }

  @Test
  void write_secondTime_refused() throws IOException {
    SceneDataset dataset = new SceneDataset(SAMPLER, Wording.PLAIN, 16, 1);
    dataset.write(folder);
    assertThatThrownBy(() -> dataset.write(folder))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("manifest.json");
  }

  @Test
  void dataset_badSizes_refused() {
    assertThatThrownBy(() -> new SceneDataset(SAMPLER, Wording.PLAIN, 16, 0))
        .hasMessageStartingWith("count: 0");
    assertThatThrownBy(() -> new SceneDataset(SAMPLER, Wording.PLAIN, 20, 1))
        .hasMessageStartingWith("side: 20");
  }

  @Test
  void readPng_notAPicture_refused() {
    InputStream text = new ByteArrayInputStream("text".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> ScenePicture.readPng(text)).isInstanceOf(IOException.class);
  }

  @Test
  void picture_wrongLengthOrNan_refused() {
    assertThatThrownBy(() -> ScenePicture.of(new float[5], 16)).hasMessageContaining("5 for side");
    float[] pixels = new float[3];
    pixels[1] = Float.NaN;
    assertThatThrownBy(() -> ScenePicture.of(pixels, 1)).hasMessageStartingWith("pixel 1: NaN");
  }
}
