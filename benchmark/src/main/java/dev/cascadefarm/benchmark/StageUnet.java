package dev.cascadefarm.benchmark;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetInputs;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The U-Net of a diffusion stage, on which both sides of a comparison work.
 *
 * @param name the stage's
 * @param side of its pictures, in pixels
 * @param diffusion schedule, objective and the like, as its bundle describes them
 * @param folder where the bundle's files are
 */
record StageUnet(String name, int side, UnetConfig config, JsonNode diffusion, Path folder) {
  /** The method of {@link #graph}. */
  static final String FORWARD = "forward";

  /** The U-Net and nothing else; takes a {@link UnetBatch}. */
  Graph graph() {
    return new Graph("BareUnet").method(FORWARD, this::forward);
  }

  private List<Tensor> forward(Method method) {
    int channels = config.channels();
    UnetInputs inputs =
        new UnetInputs(
            method.input("x", ANY, channels, side, side),
            method.input("time", ANY),
            method.input("embeds", ANY, config.maxTextLen(), config.textEmbedDim()),
            method.input("mask", ANY, config.maxTextLen()),
            method.input("keep", ANY),
            config.lowresCond() ? method.input("lowres", ANY, channels, side, side) : null,
            config.lowresCond() ? method.input("lowres_time", ANY) : null);
    return List.of(new Unet(config).apply(method.root(), inputs));
  }

  Map<String, HostTensor> weights() {
    return SafeTensors.read(weightsFile());
  }

  private Path weightsFile() {
    return folder.resolve(TorchStageLoader.WEIGHTS);
  }

  /** The stage as a worker loads it. */
  StageDefinition definition(int samplesPerCall) {
    return new StageDefinition(
        TorchStageLoader.DIFFUSION_KIND, model(), diffusion, side, samplesPerCall, folder);
  }

  /** What the Python side needs to build the same U-Net. */
  JsonNode description() {
    return WireJson.object()
        .put("name", name)
        .put("side", side)
        .put("weights", weightsFile().toAbsolutePath().toString())
        .set("config", model());
  }

  private JsonNode model() {
    return WireJson.MAPPER.valueToTree(config);
  }

  @Override
  public String toString() {
    return name + " " + side + "²";
  }
}
