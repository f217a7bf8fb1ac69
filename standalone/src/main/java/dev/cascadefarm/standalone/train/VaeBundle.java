package dev.cascadefarm.standalone.train;

import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Mode;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.vae.Autoencoder;
import dev.cascadefarm.diffusion.vae.AutoencoderConfig;
import dev.cascadefarm.diffusion.vae.LatentEncoder;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.diffusion.weights.TensorView;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * A stage that makes latents of pictures as it is installed, to learn from what will be run: its
 * weights as they are stored, its scaling factor.
 *
 * @param folder of the bundle
 */
record VaeBundle(StageBundle bundle, Path folder) {
  /**
   * Reads a bundle's description.
   *
   * @param expected what to do if there is none
   * @throws dev.cascadefarm.diffusion.train.TrainingException if it is not installed
   */
  static VaeBundle read(Path folder, String expected) throws IOException {
    return new VaeBundle(new StageFolder(folder).read(expected), folder);
  }

  /** SHA-256 of its weights. */
  String weights() {
    return String.valueOf(bundle.files().get(TorchStageLoader.WEIGHTS));
  }

  /** The encoder, ready for use. */
  LatentEncoder load() {
    byte[] model = bundle.model().toString().getBytes(StandardCharsets.UTF_8);
    AutoencoderConfig config = AutoencoderConfig.parse(model, bundle.id() + ": model");
    Graph graph = new Autoencoder(config).encoderGraph();
    Path file = folder.resolve(TorchStageLoader.WEIGHTS);
    Map<String, TensorView> weights = SafeTensors.map(file);
    Initialization.requireFit(graph, weights, file.toString());
    return new LatentEncoder(config, TorchModule.load(graph, weights, "cpu", Mode.FROZEN));
  }
}
