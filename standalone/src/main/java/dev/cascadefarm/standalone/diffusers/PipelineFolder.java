package dev.cascadefarm.standalone.diffusers;

import dev.cascadefarm.diffusion.diffusers.DiffusersConfig;
import dev.cascadefarm.diffusion.weights.CheckpointFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder of a Stable Diffusion pipeline as diffusers saves it: {@code model_index.json} and a
 * folder for each part.
 *
 * @param path of the folder
 * @param scheduler class of the scheduler
 */
record PipelineFolder(Path path, String scheduler) {
  static final String INDEX = "model_index.json";
  static final String CONFIG = "config.json";
  static final long MOST_BYTES = 1 << 20;

  private static final String DIFFUSERS = "diffusers";
  private static final String TRANSFORMERS = "transformers";

  /**
   * Reads the index.
   *
   * @throws dev.cascadefarm.diffusion.diffusers.ConfigException naming the first class or key that
   *     is not supported
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if there is no index
   */
  static PipelineFolder open(Path path) {
    byte[] content = new CheckpointFolder(path).bytes(INDEX, MOST_BYTES);
    DiffusersConfig index =
        DiffusersConfig.parse(content, path.resolve(INDEX).toString())
            .requireClass("StableDiffusionPipeline");
    requirePart(index, "text_encoder", TRANSFORMERS, List.of("CLIPTextModel"));
    requirePart(index, "tokenizer", TRANSFORMERS, List.of("CLIPTokenizer", "CLIPTokenizerFast"));
    requirePart(index, "unet", DIFFUSERS, List.of("UNet2DConditionModel"));
    requirePart(index, "vae", DIFFUSERS, List.of("AutoencoderKL"));
    List<String> scheduler = index.texts("scheduler", List.of());
    index.require(
        scheduler.size() == 2 && scheduler.get(0).equals(DIFFUSERS),
        "scheduler",
        "[\"diffusers\", a scheduler]");
    // Parts of the pipeline that judge pictures or guide by them; captions do without.
    index.ignore("safety_checker", "requires_safety_checker", "feature_extractor", "image_encoder");
    index.finish();
    return new PipelineFolder(path, scheduler.get(1));
  }

  private static void requirePart(
      DiffusersConfig index, String part, String library, List<String> classes) {
    List<String> found = index.texts(part, List.of());
    boolean fits =
        found.size() == 2 && found.get(0).equals(library) && classes.contains(found.get(1));
    index.require(
        fits, part, "[\"%s\", \"%s\"]".formatted(library, String.join("\" or \"", classes)));
  }

  /**
   * The folder of a part.
   *
   * @throws PipelineException if there is none, or it does not lie in this folder
   */
  Path part(String name) {
    Path part = path.resolve(name);
    try {
      if (!Files.isDirectory(part)) {
        throw new PipelineException(part + ": missing (expected: a folder)");
      }
      if (!part.toRealPath().startsWith(path.toRealPath())) {
        throw new PipelineException(
            "%s: links to %s (expected: a folder within %s; copy it with cp -rL)"
                .formatted(part, part.toRealPath(), path));
      }
      return part;
    } catch (IOException e) {
      throw new PipelineException(part + ": cannot be found: " + e.getMessage(), e);
    }
  }

  /** The content of a part's file. */
  byte[] bytes(String part, String file) {
    return new CheckpointFolder(part(part)).bytes(file, MOST_BYTES);
  }

  /** The address of a part's file, for complaints. */
  String address(String part, String file) {
    return path.resolve(part).resolve(file).toString();
  }
}
