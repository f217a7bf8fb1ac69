package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.cascade.InvalidCatalogueException;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.t5.T5Encoder;
import dev.cascadefarm.diffusion.t5.T5TextConfig;
import dev.cascadefarm.diffusion.t5.T5TextEncoder;
import dev.cascadefarm.diffusion.t5.T5Tokenizer;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.train.CaptionEncoder;
import dev.cascadefarm.diffusion.train.T5Captions;
import dev.cascadefarm.diffusion.train.TrainingException;
import dev.cascadefarm.diffusion.train.WordCaptions;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A text stage as it is installed, to learn with what will be run: its weights as they are stored,
 * its tokenizer.
 *
 * @param folder of the bundle
 */
record TextBundle(StageBundle bundle, Path folder) {
  /**
   * Reads a bundle's description.
   *
   * @param expected what to do if there is none
   * @throws TrainingException if it is not installed, or encodes no captions
   */
  static TextBundle read(Path folder, String expected) throws IOException {
    StageFolder installed = new StageFolder(folder);
    StageBundle bundle = installed.read(expected);
    String kind = bundle.kind();
    if (!kind.equals(TorchStageLoader.TEXT_KIND) && !kind.equals(TorchStageLoader.T5_KIND)) {
      throw new TrainingException(
          installed.description() + ": kind: " + kind + " (expected: an encoder of captions)");
    }
    return new TextBundle(bundle, folder);
  }

  private boolean isT5() {
    return bundle.kind().equals(TorchStageLoader.T5_KIND);
  }

  /** SHA-256 of its weights. */
  String weights() {
    return String.valueOf(bundle.files().get(TorchStageLoader.WEIGHTS));
  }

  /** Width of an embedding. */
  int width() {
    return isT5() ? t5().t5().dModel() : words().width();
  }

  /** Tokens of a caption. */
  int length() {
    return isT5() ? t5().maxTextLen() : words().maxTextLen();
  }

  private T5TextConfig t5() {
    return model(T5TextConfig.class);
  }

  private TextEncoderConfig words() {
    return model(TextEncoderConfig.class);
  }

  private <T> T model(Class<T> type) {
    JsonNode model = bundle.model();
    try {
      return WireJson.MAPPER.treeToValue(model, type);
    } catch (JsonProcessingException e) {
      throw new InvalidCatalogueException(
          bundle.id() + ": model: " + e.getOriginalMessage() + " (expected: " + type + ")", e);
    }
  }

  /** The encoder, ready for use. */
  CaptionEncoder load() throws IOException {
    Map<String, HostTensor> weights = SafeTensors.read(folder.resolve(TorchStageLoader.WEIGHTS));
    Path tokenizer = folder.resolve(TorchStageLoader.TOKENIZER);
    return isT5() ? loadT5(weights, tokenizer) : WordCaptions.load(words(), weights, tokenizer);
  }

  private CaptionEncoder loadT5(Map<String, HostTensor> weights, Path file) {
    Graph graph = new T5Encoder(t5()).graph();
    Initialization.requireFit(graph, weights, folder.toString());
    T5Tokenizer tokenizer = T5Tokenizer.load(file, length());
    TorchModule module = TorchModule.load(graph, weights, "cpu", Mode.FROZEN);
    return new T5Captions(new T5TextEncoder(t5(), module, tokenizer), length());
  }
}
