package dev.cascadefarm.diffusion.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClipPreprocessingTest {
  private static final double TOLERANCE = 1e-6;
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"40x57", "61x20", "30x30", "13x11", "29x64", "7x90", "edges"})
  void apply_picturesOfAnyShape_thoseOfTransformers(String picture) throws IOException {
    Map<String, HostTensor> io = Fixture.tensors("clip-pictures");
    HostTensor pixels = unit(io.get(picture + ".in"));
    for (String name : List.of("stage", "odd")) {
      ClipPreprocessing preprocessing = ClipPreprocessingFile.parse(file(name), name);
      float[] recorded = io.get(picture + "." + name).data();
      HostTensor ours = preprocessing.apply(pixels);
      int side = preprocessing.cropSize();
      assertThat(ours.shape()).containsExactly(1, 3, side, side);
      assertThat(Fixture.difference(ours.data(), recorded)).isLessThan(TOLERANCE);

      HostTensor doctored = preprocessing.apply(centreChanged(pixels));
      assertThat(Fixture.difference(doctored.data(), recorded)).isGreaterThan(10 * TOLERANCE);
    }
  }

  @Test
  void apply_longThinPicture_onlyTheMiddleIsComputed() {
    HostTensor line = HostTensor.of(new float[3 * 40_000], 3, 1, 40_000);
    assertThat(ClipPreprocessing.original(224).apply(line).shape()).containsExactly(1, 3, 224, 224);
  }

  @Test
  void parse_oldFile_numbersForSizes() throws IOException {
    ObjectNode old = (ObjectNode) JSON.readTree(file("stage"));
    old.put("size", 30).put("crop_size", 30);
    old.put("feature_extractor_type", "CLIPFeatureExtractor");
    assertThat(ClipPreprocessingFile.parse(JSON.writeValueAsBytes(old), "x"))
        .isEqualTo(ClipPreprocessingFile.parse(file("stage"), "x"))
        .isEqualTo(ClipPreprocessing.original(30));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "do_center_crop | false | do_center_crop: false (expected: true)",
        "resample | 2 | resample: 2 (expected: 3)",
        "rescale_factor | 1 | rescale_factor: 1.0 (expected: 1/255)",
        "size | {\"height\": 3, \"width\": 3} | (expected: a shortest_edge)",
        "size | {\"shortest_edge\": 3, \"longest_edge\": 9} | (expected: a shortest_edge)",
        "size | -4 | shortest_edge: -4 (expected: 1 to 4096)",
        "crop_size | {\"height\": 3, \"width\": 4} | (expected: a square)",
        "crop_size | 31 | crop_size: 31 (expected: 1 to shortest_edge, 30)",
        "image_mean | [1, 2] | image_mean: [1,2] (expected: 3 numbers)",
        "image_std | [1, 2, 0] | image_std: [1.0, 2.0, 0.0] (expected: three numbers > 0)"
      })
  void parse_anotherPreprocessing_refusedByName(String key, String value, String message)
      throws IOException {
    ObjectNode file = (ObjectNode) JSON.readTree(file("stage"));
    file.set(key, JSON.readTree(value));
    byte[] content = JSON.writeValueAsBytes(file);
    assertThatThrownBy(() -> ClipPreprocessingFile.parse(content, "preprocessor_config.json"))
        .isInstanceOf(ClipFilesException.class)
        .hasMessageContaining("preprocessor_config.json: ")
        .hasMessageContaining(message);
  }

  private static byte[] file(String name) throws IOException {
    return JSON.writeValueAsBytes(
        JSON.readTree(Fixture.bytes("clip-preprocessors.json")).path(name));
  }

  private static HostTensor centreChanged(HostTensor picture) {
    int height = (int) picture.shape()[1];
    int width = (int) picture.shape()[2];
    float[] values = picture.data().clone();
    int centre = (height + height / 2) * width + width / 2;
    values[centre] = values[centre] < 0.5f ? 1 : 0;
    return new HostTensor(picture.shape(), values);
  }

  private static HostTensor unit(HostTensor bytes) {
    float[] values = bytes.data().clone();
    for (int i = 0; i < values.length; i++) {
      values[i] /= 255;
    }
    return new HostTensor(bytes.shape(), values);
  }
}
