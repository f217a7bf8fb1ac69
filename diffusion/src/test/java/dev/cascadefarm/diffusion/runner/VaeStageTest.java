package dev.cascadefarm.diffusion.runner;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.weights.ElementType;
import dev.cascadefarm.diffusion.weights.WeightsException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Both halves of a recorded autoencoder as stages. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class VaeStageTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAME = "vae-plain";
  private static final int SIDE = 16;

  @TempDir Path folder;
  private AutoencoderConfig config;

  @BeforeEach
  void write() {
    config = AutoencoderConfig.parse(Fixture.bytes(NAME + ".json"), NAME);
    Weights weights = new Weights(Fixture.tensors(NAME), ElementType.F32);
    folder.resolve("encoder").toFile().mkdir();
    folder.resolve("decoder").toFile().mkdir();
    VaeBundleFiles.writeEncoder(folder.resolve("encoder"), config, weights);
    VaeBundleFiles.writeDecoder(folder.resolve("decoder"), config, weights);
  }

  @Test
  void run_pictureThereAndBack_scaledLatentsAndAPicture() throws JsonProcessingException {
    HostTensor latents = encode(1, picture(SIDE));
    int small = SIDE / config.reduction();
    assertThat(latents.shape()).containsExactly(1, config.latentChannels(), small, small);
    try (StageRunner runner = load("vae-decoder", "decoder", model())) {
      Map<String, StageValue> outputs = run(runner, 1, Map.of("latents", Latents.of(latents)));
      HostTensor decoded = ((StageValue.Image) outputs.get("image")).pixels();
      assertThat(decoded.shape()).containsExactly(config.outChannels(), SIDE, SIDE);
      for (float each : decoded.data()) {
        assertThat(each).isBetween(0f, 1f);
      }
    }
  }

  @Test
  void encode_seed_decidesTheDraw() throws JsonProcessingException {
    HostTensor latents = encode(1, picture(SIDE));
    assertThat(encode(1, picture(SIDE))).isEqualTo(latents);
    assertThat(encode(2, picture(SIDE))).isNotEqualTo(latents);
  }

  @Test
  void encode_pictureOfAnotherSize_resized() throws JsonProcessingException {
    assertThat(encode(1, picture(3 * SIDE)).shape()).isEqualTo(encode(1, picture(SIDE)).shape());
  }

  @Test
  void begin_whatCannotBeUsed_refusedByName() throws JsonProcessingException {
    try (StageRunner encoder = load("vae-encoder", "encoder", model());
        StageRunner decoder = load("vae-decoder", "decoder", model())) {
      assertThatThrownBy(() -> encoder.begin(request(1, Map.of())))
          .isInstanceOf(InvalidSampleException.class)
          .hasMessage("image: null (expected: a picture)");
      HostTensor wide = HostTensor.of(new float[3 * 8], 3, 2, 4);
      assertThatThrownBy(
              () -> encoder.begin(request(1, Map.of("image", new StageValue.Image(wide)))))
          .hasMessageStartingWith("image: HostTensor[3, 2, 4] (expected: a square picture");
      HostTensor other = HostTensor.of(new float[7 * 4], 1, 7, 2, 2);
      assertThatThrownBy(() -> decoder.begin(request(1, Map.of("latents", Latents.of(other)))))
          .isInstanceOf(InvalidSampleException.class)
          .hasMessageContaining("(expected: latents, 1×%d×h×w)", config.latentChannels());
    }
  }

  @Test
  void write_tensorOfNeitherHalf_refusedByName() {
    Map<String, HostTensor> tensors = new HashMap<>(Fixture.tensors(NAME));
    tensors.put("critic.weight", HostTensor.of(new float[1], 1));
    Weights weights = new Weights(tensors, ElementType.F32);
    assertThatThrownBy(() -> VaeBundleFiles.writeDecoder(folder, config, weights))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("critic.weight");
    assertThat(folder.resolve(TorchStageLoader.WEIGHTS)).doesNotExist();
  }

  @Test
  void load_configurationThatCannotBeFollowed_refusedByKey() throws JsonProcessingException {
    ObjectNode model = model().put("shift_factor", 0.1);
    assertThatThrownBy(() -> load("vae-decoder", "decoder", model))
        .isInstanceOf(StageException.class)
        .hasMessageContaining("shift_factor: 0.1");
  }

  private HostTensor encode(long seed, HostTensor picture) throws JsonProcessingException {
    try (StageRunner runner = load("vae-encoder", "encoder", model())) {
      var outputs = run(runner, seed, Map.of("image", new StageValue.Image(picture)));
      return ((StageValue.Tensors) outputs.get("latents")).tensors().get("latents");
    }
  }

  private static Map<String, StageValue> run(
      StageRunner runner, long seed, Map<String, StageValue> inputs) {
    Sample sample = runner.begin(request(seed, inputs));
    assertThat(sample.rowsTotal()).isEqualTo(1);
    runner.advance(List.of(sample));
    assertThat(sample.done()).isTrue();
    return sample.outputs();
  }

  private static SampleRequest request(long seed, Map<String, StageValue> inputs) {
    return new SampleRequest("vae", seed, JSON.createObjectNode(), inputs);
  }

  private StageRunner load(String kind, String half, ObjectNode model) {
    StageDefinition definition =
        new StageDefinition(kind, model, JSON.createObjectNode(), SIDE, 1, folder.resolve(half));
    return new TorchStageLoader().load(definition, "cpu");
  }

  private static ObjectNode model() throws JsonProcessingException {
    return (ObjectNode) JSON.readTree(new String(Fixture.bytes(NAME + ".json"), UTF_8));
  }

  private HostTensor picture(int side) {
    float[] pixels = new float[config.inChannels() * side * side];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) (0.5 + 0.5 * Math.sin(i));
    }
    return HostTensor.of(pixels, config.inChannels(), side, side);
  }
}
