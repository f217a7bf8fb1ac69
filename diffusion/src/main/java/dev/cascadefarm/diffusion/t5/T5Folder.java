package dev.cascadefarm.diffusion.t5;

import dev.cascadefarm.diffusion.weights.SafeTensors;
import dev.cascadefarm.diffusion.weights.TensorView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The three files of a T5 on this machine, as the hub names them. Whoever wants one puts the files
 * there; nothing is downloaded.
 *
 * @param path the folder
 * @param name which T5 the folder should hold
 * @param width of an embedding: the name's, or what the models were trained with instead
 */
public record T5Folder(Path path, T5Name name, int width) implements T5Files {
  /** File names inside the folder. */
  public static final String CONFIG = "config.json";

  public static final String WEIGHTS = "model.safetensors";

  public static final String TOKENIZER = "tokenizer.json";

  private static final List<String> FILES = List.of(CONFIG, WEIGHTS, TOKENIZER);

  /**
   * Finds the files of the T5 of that name.
   *
   * @throws T5FilesException if some are missing: which, where to get them, and how to make them
   */
  public static T5Folder open(Path path, T5Name name) {
    return open(path, name, name.width());
  }

  /**
   * Finds the files of a T5 that may be of another width than its name says.
   *
   * @throws T5FilesException if some are missing: which, where to get them, and how to make them
   */
  public static T5Folder open(Path path, T5Name name, int width) {
    List<String> missing =
        FILES.stream().filter(each -> !Files.isRegularFile(path.resolve(each))).toList();
    if (!missing.isEmpty()) {
      throw new T5FilesException(
          "%s: missing %s (expected: %s of %s; it is not downloaded from here)%n%s"
              .formatted(
                  path,
                  String.join(", ", missing),
                  String.join(", ", FILES),
                  name.id(),
                  source(path, name)));
    }
    return new T5Folder(path, name, width);
  }

  private static String source(Path path, T5Name name) {
    return String.join(
        System.lineSeparator(),
        "They are files of https://huggingface.co/" + name.hub() + "; put them into that folder.",
        "If a file is not there under this name, Python with transformers writes all three:",
        "  from transformers import T5EncoderModel, T5TokenizerFast",
        "  T5EncoderModel.from_pretrained(\"%s\").save_pretrained(\"%s\", max_shard_size=\"100GB\")"
            .formatted(name.hub(), path),
        "  T5TokenizerFast.from_pretrained(\"%s\", add_prefix_space=True).save_pretrained(\"%s\")"
            .formatted(name.hub(), path));
  }

  /**
   * The architecture.
   *
   * @throws T5FilesException if it is not a T5's, or not of the expected width
   */
  @Override
  public T5Config config() {
    Path file = path.resolve(CONFIG);
    T5Config config = T5ConfigFile.parse(bytes(file), file.toString());
    if (config.dModel() != width) {
      throw new T5FilesException(
          "%s: d_model: %d (expected: %d, %s)"
              .formatted(
                  file,
                  config.dModel(),
                  width,
                  width == name.width()
                      ? "the width of " + name.id()
                      : "text_embed_dim of the models"));
    }
    return config;
  }

  @Override
  public Map<String, TensorView> weights() {
    Path file = path.resolve(WEIGHTS);
    return T5Weights.encoder(SafeTensors.map(file), file.toString());
  }

  @Override
  public Path tokenizer() {
    return path.resolve(TOKENIZER);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new T5FilesException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
