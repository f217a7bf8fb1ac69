package dev.cascadefarm.diffusion.t5;

import dev.cascadefarm.diffusion.text.SentencePieceFolder;
import dev.cascadefarm.diffusion.weights.CheckpointFolder;
import dev.cascadefarm.diffusion.weights.ShardedSafeTensors;
import dev.cascadefarm.diffusion.weights.TensorView;
import java.nio.file.Path;
import java.util.Map;

/**
 * A T5 as diffusers saves it: two parts of a pipeline.
 *
 * @param path holds {@code config.json} and the weights
 * @param tokens holds the tokenizer's files
 */
public record T5Parts(Path path, Path tokens) implements T5Files {
  private static final long MAX_CONFIG_BYTES = 1 << 20;

  /**
   * Finds the files; reads no weights.
   *
   * @throws T5FilesException if they are not a T5's, or the tokenizer is of a kind that is not read
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if one is missing
   */
  public static T5Parts open(Path model, Path tokens) {
    T5Parts parts = new T5Parts(model, tokens);
    parts.config();
    parts.tokenizer();
    ShardedSafeTensors.map(model);
    return parts;
  }

  @Override
  public T5Config config() {
    byte[] content = new CheckpointFolder(path).bytes(T5Folder.CONFIG, MAX_CONFIG_BYTES);
    return T5ConfigFile.parse(content, path.resolve(T5Folder.CONFIG).toString());
  }

  @Override
  public Map<String, TensorView> weights() {
    return T5Weights.encoder(ShardedSafeTensors.map(path), path.toString());
  }

  @Override
  public Path tokenizer() {
    CheckpointFolder folder = new CheckpointFolder(tokens);
    if (folder.find(T5Folder.TOKENIZER).isEmpty()) {
      SentencePieceFolder.refuse(folder, T5FilesException::new);
    }
    return folder.file(T5Folder.TOKENIZER);
  }
}
