package dev.cascadefarm.diffusion.clip;

import dev.cascadefarm.diffusion.weights.CheckpointFolder;
import dev.cascadefarm.diffusion.weights.ShardedSafeTensors;
import dev.cascadefarm.diffusion.weights.TensorView;
import java.nio.file.Path;
import java.util.Map;

/**
 * A CLIP's vision model on this machine, as transformers and diffusers save it.
 *
 * @param model holds {@code config.json} and the weights
 * @param preprocessor may hold {@code preprocessor_config.json}; may be the same folder
 */
public record ClipVisionFolder(Path model, Path preprocessor) {
  private static final String PREPROCESSOR = "preprocessor_config.json";

  /**
   * The architecture.
   *
   * @throws ClipFilesException if it is not a CLIP's vision model
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if there is no such file
   */
  public ClipVisionConfig config() {
    byte[] content =
        new CheckpointFolder(model).bytes(ClipTextFolder.CONFIG, ClipTextFolder.MAX_CONFIG_BYTES);
    return ClipConfigFile.vision(content, model.resolve(ClipTextFolder.CONFIG).toString());
  }

  /**
   * The weights where they lie, by the paths of {@link ClipVisionEncoder}.
   *
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if they cannot be used
   */
  public Map<String, TensorView> weights() {
    return ClipWeights.vision(ShardedSafeTensors.map(model));
  }

  /**
   * What is done to a picture first; what the first CLIPs did, if no file says.
   *
   * @throws ClipFilesException if the file asks for something that we do not do
   */
  public ClipPreprocessing preprocessing(ClipVisionConfig config) {
    CheckpointFolder folder = new CheckpointFolder(preprocessor);
    if (folder.find(PREPROCESSOR).isEmpty()) {
      return ClipPreprocessing.original(config.imageSize());
    }
    byte[] content = folder.bytes(PREPROCESSOR, ClipTextFolder.MAX_CONFIG_BYTES);
    return ClipPreprocessingFile.parse(content, preprocessor.resolve(PREPROCESSOR).toString());
  }
}
