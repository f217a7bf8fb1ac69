package dev.cascadefarm.diffusion.clip;

import dev.cascadefarm.diffusion.weights.CheckpointFolder;
import dev.cascadefarm.diffusion.weights.ShardedSafeTensors;
import dev.cascadefarm.diffusion.weights.TensorView;
import java.nio.file.Path;
import java.util.Map;

/**
 * A CLIP's text model on this machine, as transformers and diffusers save it.
 *
 * @param model holds {@code config.json} and the weights
 * @param tokenizer holds the tokenizer's files; may be the same folder
 */
public record ClipTextFolder(Path model, Path tokenizer) {
  static final String CONFIG = "config.json";
  static final long MAX_CONFIG_BYTES = 1 << 20;

  /**
   * The architecture.
   *
   * @throws ClipFilesException if it is not a CLIP's text model
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if there is no such file
   */
  public ClipTextConfig config() {
    byte[] content = new CheckpointFolder(model).bytes(CONFIG, MAX_CONFIG_BYTES);
    return ClipConfigFile.text(content, model.resolve(CONFIG).toString());
  }

  /**
   * The weights where they lie, by the paths of {@link ClipTextEncoder}.
   *
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if they cannot be used
   */
  public Map<String, TensorView> weights() {
    return ClipWeights.text(ShardedSafeTensors.map(model));
  }

  /**
   * The tokenizer, for captions that the model takes.
   *
   * @throws ClipFilesException if its files cannot be used
   */
  public ClipTokenizerFolder.Content tokens(ClipTextConfig config) {
    return new ClipTokenizerFolder(new CheckpointFolder(tokenizer)).read(config);
  }
}
