package dev.cascadefarm.diffusion.python;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.engine.EngineThread;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Archive;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetLoss;
import dev.cascadefarm.diffusion.imagen.UnetPredictor;
import dev.cascadefarm.diffusion.parity.Fixture;
import dev.cascadefarm.diffusion.runner.TinyStages;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.testing.python.PythonFailedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The archives that we emit, opened by Python's PyTorch, against our engine. */
@Tag("python")
@ExtendWith({EngineThread.class, PythonExtension.class})
class TorchLoadTest {
  private static final Tally TALLY = new Tally("archive", 5e-6);
  private static final int BATCH = 3;

  @ParameterizedTest
  @CsvSource({
    "plain, mid_block1.cross_attn.fn.null_kv",
    "efficient-sr, to_lowres_time_tokens.0.bias",
    "middle, mid_attn.fn.fn.to_kv.weight",
    "attention, ups.1.2.ff.3.g"
  })
  void open_unetOfAFixture_ourOutput(String name, String doctored, PythonSide python)
      throws IOException {
    var config = new JsonMapper().readTree(Fixture.bytes("unet-" + name + ".json"));
    Graph graph = UnetProgram.graph(UnetProgram.config(config));
    Call call = UnetProgram.call(Fixture.tensors("unet-" + name + "-io"));
    compare(
        "unet " + name,
        new Emitted(graph, Fixture.tensors("unet-" + name), doctored),
        call,
        python);
  }

  @ParameterizedTest
  @CsvSource({
    "predict, false",
    "guided_predict, false",
    "loss, false",
    "predict, true",
    "guided_predict, true",
    "loss, true"
  })
  void open_denoiser_ourOutput(String method, boolean enlarges, PythonSide python)
      throws IOException {
    int side = enlarges ? TinyStages.LARGE_SIDE : TinyStages.BASE_SIDE;
    Unet unet = new Unet(TinyStages.unet(enlarges));
    boolean trains = method.equals(UnetLoss.LOSS);
    Graph graph =
        trains
            ? new UnetLoss(unet, LossKind.L2).graph()
            : new Denoiser(new UnetPredictor(unet, side)).samplingGraph();
    Draws draws = new Draws("denoiser " + method + enlarges);
    DenoiserInputs inputs = new DenoiserInputs(draws, BATCH, side, enlarges);
    Call call =
        Call.floats(
            method,
            trains ? inputs.loss() : inputs.denoise(method.equals(Denoiser.GUIDED_PREDICT)));
    compare(
        "denoiser " + method + (enlarges ? ", enlarging" : ""),
        new Emitted(graph, draws.weights(graph), "final_conv.weight"),
        call,
        python);
  }

  @Test
  void open_textEncoder_ourOutput(PythonSide python) throws IOException {
    Draws draws = new Draws("text");
    TextEncoderConfig config =
        new TextEncoderConfig(draws.between(20, 60), draws.between(4, 12), 16, 2, 4);
    Graph graph = new TextEncoder(config).graph();
    long[] shape = {BATCH, config.maxTextLen()};
    long[] ids = new long[BATCH * config.maxTextLen()];
    Arrays.setAll(ids, i -> draws.between(0, config.vocabSize() - 1));
    Map<String, Input> inputs = new LinkedHashMap<>();
    inputs.put("ids", new Input.Longs(shape, ids));
    inputs.put("mask", new Input.Floats(draws.mask(1, BATCH, config.maxTextLen())));
    compare(
        "text encoder " + config,
        new Emitted(graph, draws.weights(graph), "layers.1.attn.to_v.weight"),
        new Call(TextEncoder.ENCODE, inputs),
        python);
  }

  @Test
  void open_cutArchive_refused(PythonSide python) throws IOException {
    Graph graph = new TextEncoder(new TextEncoderConfig(8, 4, 8, 1, 2)).graph();
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    Archive.write(graph, new Draws("cut").weights(graph), archive);
    byte[] cut = Arrays.copyOf(archive.toByteArray(), archive.size() / 2);
    assertThatThrownBy(() -> python.call(cut, new Call(TextEncoder.ENCODE, Map.of())))
        .isInstanceOf(PythonFailedException.class)
        .hasMessageContaining("archive: RuntimeError");
  }

  @AfterAll
  static void print() {
    TALLY.print();
  }

  /** A model and the path of a weight whose loss must be noticed. */
  private record Emitted(Graph graph, Map<String, HostTensor> weights, String doctored) {}

  private static void compare(String what, Emitted emitted, Call call, PythonSide python)
      throws IOException {
    Map<String, HostTensor> broken = Draws.without(emitted.weights(), emitted.doctored());
    try (TorchModule module =
        TorchModule.load(emitted.graph(), emitted.weights(), "cpu", Mode.FROZEN)) {
      TALLY.compare(
          what,
          module.call(call.method(), call.ordered()),
          () -> python.call(emitted.graph(), emitted.weights(), call),
          () -> python.call(emitted.graph(), broken, call));
    }
  }
}
