package dev.cascadefarm.diffusion.karlo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.clip.ClipTextConfig;
import dev.cascadefarm.diffusion.clip.ClipTextEncoder;
import dev.cascadefarm.diffusion.clip.ClipTextFolder;
import dev.cascadefarm.diffusion.clip.ClipTokenizer;
import dev.cascadefarm.diffusion.clip.ClipTokenizerFolder;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.weights.Initialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The parts of one recorded pipeline, each from the inputs that diffusers gave it. */
@Tag("engine")
@ExtendWith(EngineThread.class)
class KarloPartsParityTest {
  private static final String NAME = "karlo-pipeline-";
  private static final double TOLERANCE = 1e-5;
  private static final String CAPTION = "a small red circle";

  private final Map<String, HostTensor> recorded = Fixture.tensors(NAME + "run");

  /** The other columns are an input that must count, and the first timestep. */
  @ParameterizedTest
  @CsvSource({
    "prior, prior.proj_embedding, 999",
    "text_proj, text_proj.image_embeddings, -1",
    "decoder, decoder.class_labels, 999",
    "super_res_first, super_res_first.sample, 776",
    "super_res_last, super_res_last.sample, 0"
  })
  void apply_diffusersInputs_diffusersOutput(String part, String doctored, int time) {
    assertThat(difference(part, time, recorded)).isLessThan(TOLERANCE);
    assertThat(difference(part, time, Fixture.doctored(recorded, doctored, 0.1)))
        .isGreaterThan(TOLERANCE);
  }

  @Test
  void encode_caption_diffusersTokensAndEmbeddings(@TempDir Path folder) throws IOException {
    ClipTextFolder text = written(folder);
    ClipTextConfig config = text.config();
    ClipTokenizerFolder.Content content = text.tokens(config);
    Path file = folder.resolve("written.json");
    Files.write(file, content.json());
    Graph graph = new ClipTextEncoder(config).graph();
    Initialization.requireFit(graph, text.weights(), "text");
    try (ClipTokenizer tokenizer =
            ClipTokenizer.load(file, content.maxLength(), content.padding());
        TorchModule module = TorchModule.load(graph, text.weights(), "cpu", Mode.FROZEN)) {
      assertThat(ids(tokenizer.encode(""))).isEqualTo(ids(0));
      ClipTokenizer.Tokens tokens = tokenizer.encode(CAPTION);
      assertThat(ids(tokens)).isEqualTo(ids(1)).isNotEqualTo(ids(0));
      assertThat(tokens.own()).isEqualTo(seen(1));
      assertThat(difference(module, tokens.ids())).isLessThan(TOLERANCE);
      long[] other = tokens.ids().clone();
      other[1]++;
      assertThat(difference(module, other)).isGreaterThan(TOLERANCE);
    }
  }

  private double difference(TorchModule module, long[] ids) {
    List<HostTensor> out =
        module.call(
            ClipTextEncoder.ENCODE, List.of(new Input.Longs(new long[] {1, ids.length}, ids)));
    return Math.max(
        relative(out.get(0), recorded.get("text_encoder.out.1")),
        relative(out.get(1), recorded.get("text_encoder.out")));
  }

  private static float[] ids(ClipTokenizer.Tokens tokens) {
    float[] ids = new float[tokens.ids().length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = tokens.ids()[i];
    }
    return ids;
  }

  private float[] ids(int caption) {
    float[] both = recorded.get("ids").data();
    int length = both.length / 2;
    return Arrays.copyOfRange(both, caption * length, (caption + 1) * length);
  }

  private int seen(int caption) {
    float[] both = recorded.get("mask").data();
    int seen = 0;
    for (int i = caption * both.length / 2; i < (caption + 1) * both.length / 2; i++) {
      seen += (int) both[i];
    }
    return seen;
  }

  private static ClipTextFolder written(Path folder) throws IOException {
    Path model = Files.createDirectories(folder.resolve("text_encoder"));
    Files.write(model.resolve("config.json"), Fixture.bytes(NAME + "text_encoder.json"));
    Files.write(
        model.resolve("model.safetensors"), Fixture.bytes(NAME + "text_encoder.safetensors"));
    Path tokenizer = Files.createDirectories(folder.resolve("tokenizer"));
    Files.write(tokenizer.resolve("vocab.json"), Fixture.bytes("clip-vocab.json"));
    Files.write(tokenizer.resolve("merges.txt"), Fixture.bytes("clip-merges.txt"));
    Files.writeString(
        tokenizer.resolve("tokenizer_config.json"),
        "{\"model_max_length\": 9, \"pad_token\": \"<|endoftext|>\"}");
    return new ClipTextFolder(model, tokenizer);
  }

  private static double difference(String part, int time, Map<String, HostTensor> recorded) {
    byte[] file = Fixture.bytes(NAME + part + ".json");
    Map<String, HostTensor> io = Fixture.under(part + ".", recorded);
    return switch (part) {
      case "prior" ->
          difference(
              new PriorTransformer(PriorTransformerConfig.parse(file, part)).graph(),
              new Call(PriorTransformer.PREDICT, part),
              prior(io, time),
              io);
      case "text_proj" ->
          difference(
              new TextProjection(TextProjectionConfig.parse(file, part)).graph(),
              new Call(TextProjection.PROJECT, part),
              projection(io),
              io);
      default ->
          difference(
              new Unet2d(Unet2dConfig.parse(file, part)).graph(part.equals("decoder")),
              new Call(Unet2d.PREDICT, part),
              unet(io, time),
              io);
    };
  }

  private static List<Input> prior(Map<String, HostTensor> io, int time) {
    return List.of(
        floats(io.get("in0")),
        times(2, time),
        floats(io.get("proj_embedding")),
        floats(io.get("encoder_hidden_states")),
        floats(io.get("attention_mask")));
  }

  /** The first half of the recorded batch hears the learned embedding. */
  private static List<Input> projection(Map<String, HostTensor> io) {
    float[] picture = io.get("image_embeddings").data();
    float[] both = new float[2 * picture.length];
    System.arraycopy(picture, 0, both, picture.length, picture.length);
    return List.of(
        floats(HostTensor.of(both, 2, picture.length)),
        floats(HostTensor.of(new float[] {0, 1}, 2)),
        floats(io.get("prompt_embeds")),
        floats(io.get("text_encoder_hidden_states")));
  }

  private static List<Input> unet(Map<String, HostTensor> io, int time) {
    HostTensor sample = io.get("sample");
    List<Input> inputs = new ArrayList<>(List.of(floats(sample)));
    inputs.add(times((int) sample.shape()[0], time));
    if (io.containsKey("class_labels")) {
      inputs.add(floats(io.get("encoder_hidden_states")));
      inputs.add(floats(io.get("attention_mask")));
      inputs.add(floats(io.get("class_labels")));
    }
    return inputs;
  }

  private record Call(String method, String part) {}

  private static double difference(
      Graph graph, Call call, List<Input> inputs, Map<String, HostTensor> io) {
    Map<String, HostTensor> weights = Fixture.tensors(NAME + call.part());
    Initialization.requireFit(graph, weights, call.part());
    double largest = 0;
    try (TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN)) {
      List<HostTensor> out = module.call(call.method(), inputs);
      for (int i = 0; i < out.size(); i++) {
        HostTensor expected = io.get(i == 0 ? "out" : "out." + i);
        largest = Math.max(largest, relative(out.get(i), expected));
      }
    }
    return largest;
  }

  private static double relative(HostTensor actual, HostTensor expected) {
    return Fixture.relativeDifference(actual.data(), expected.data(), 1e-3);
  }

  private static Input times(int batch, int time) {
    float[] times = new float[batch];
    Arrays.fill(times, time);
    return floats(HostTensor.of(times, batch));
  }

  private static Input floats(HostTensor tensor) {
    return new Input.Floats(tensor);
  }
}
