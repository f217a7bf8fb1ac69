package dev.cascadefarm.diffusion.python;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetInputs;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A bare U-Net as a model with the one method {@link #FORWARD}. */
final class UnetProgram {
  static final String FORWARD = "forward";

  private static final List<String> INPUTS =
      List.of("x", "time", "embeds", "mask", "keep", "lowres", "lowres_time");
  private static final JsonMapper JSON =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private UnetProgram() {}

  /** Reads a configuration, as it is written in files. */
  static UnetConfig config(JsonNode config) throws IOException {
    return JSON.treeToValue(config, UnetConfig.class);
  }

  static Graph graph(UnetConfig config) {
    return new Graph("Unet").method(FORWARD, method -> List.of(forward(method, config)));
  }

  /** A call with those of the tensors that are inputs. */
  static Call call(Map<String, HostTensor> tensors) {
    Map<String, HostTensor> inputs = new LinkedHashMap<>();
    INPUTS.stream()
        .filter(tensors::containsKey)
        .forEach(each -> inputs.put(each, tensors.get(each)));
    return Call.floats(FORWARD, inputs);
  }

  private static Tensor forward(Method method, UnetConfig config) {
    int length = config.maxTextLen();
    Tensor x = method.input("x", ANY, config.channels(), ANY, ANY);
    Tensor time = method.input("time", ANY);
    Tensor embeds = method.input("embeds", ANY, length, config.textEmbedDim());
    Tensor mask = method.input("mask", ANY, length);
    Tensor keep = method.input("keep", ANY);
    boolean enlarges = config.lowresCond();
    Tensor lowres = enlarges ? method.input("lowres", ANY, config.channels(), ANY, ANY) : null;
    Tensor lowresTime = enlarges ? method.input("lowres_time", ANY) : null;
    return new Unet(config)
        .apply(method.root(), new UnetInputs(x, time, embeds, mask, keep, lowres, lowresTime));
  }
}
