package dev.cascadefarm.standalone.diffusers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.diffusers.DiffusersConfig;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.scheduler.SchedulerConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.weights.CheckpointFolder;
import dev.cascadefarm.diffusion.weights.ShardedSafeTensors;
import dev.cascadefarm.standalone.diffusers.PipelineForm.Part;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A folder of a pipeline as diffusers saves it: {@code model_index.json} and a folder for each
 * part.
 *
 * @param path of the folder
 * @param classes of the parts that are imported, by the parts' names
 * @param skipped names of the parts that are there and are not imported
 */
record PipelineFolder(Path path, Map<String, String> classes, List<String> skipped) {
  static final String INDEX = "model_index.json";
  static final String CONFIG = "config.json";
  static final long MOST_BYTES = 1 << 20;

  private static final String SCHEDULER_CONFIG = "scheduler_config.json";
  private static final int MOST_LICENCES = 10;

  PipelineFolder {
    classes = Map.copyOf(classes);
    skipped = List.copyOf(skipped);
  }

  /**
   * Reads which pipeline a folder holds.
   *
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if there is no index
   */
  static DiffusersConfig index(Path path) {
    byte[] content = new CheckpointFolder(path).bytes(INDEX, MOST_BYTES);
    return DiffusersConfig.parse(content, path.resolve(INDEX).toString());
  }

  /**
   * Reads the index.
   *
   * @throws dev.cascadefarm.diffusion.diffusers.ConfigException naming the first class or key that
   *     is not supported
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if there is no index
   */
  static PipelineFolder open(Path path, PipelineForm form) throws IOException {
    DiffusersConfig index = index(path).requireClass(form.className());
    JsonNode file = WireJson.MAPPER.readTree(new CheckpointFolder(path).bytes(INDEX, MOST_BYTES));
    Map<String, String> classes = new LinkedHashMap<>();
    for (Part each : form.parts()) {
      if (each.optional() && isNone(file.path(each.name()))) {
        index.ignore(each.name());
        continue;
      }
      List<String> found = index.texts(each.name(), List.of());
      index.require(each.fits(found), each.name(), each.expected());
      classes.put(each.name(), found.get(1));
    }
    index.ignore(form.skipped().toArray(String[]::new));
    index.finish();
    List<String> skipped =
        form.skipped().stream()
            .filter(each -> file.path(each).isArray() && !isNone(file.path(each)))
            .toList();
    return new PipelineFolder(path, classes, skipped);
  }

  /** Whether the index says that a part was left out. */
  private static boolean isNone(JsonNode part) {
    return part.isMissingNode() || part.isNull() || part.path(0).isNull();
  }

  /** Whether it has a part that it may be without. */
  boolean has(String part) {
    return classes.containsKey(part);
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

  /** The configuration of a part that is a U-Net. */
  Unet2dConfig unet(String part) {
    return Unet2dConfig.parse(bytes(part, CONFIG), address(part, CONFIG));
  }

  /** The configuration of a part as it is written. */
  JsonNode config(String part) throws IOException {
    return WireJson.MAPPER.readTree(bytes(part, CONFIG));
  }

  /** A scheduler, of the class that the index names. */
  SchedulerConfig scheduler(String part) {
    byte[] content = bytes(part, SCHEDULER_CONFIG);
    String address = address(part, SCHEDULER_CONFIG);
    SchedulerConfig config =
        SchedulerConfig.parse(new String(content, StandardCharsets.UTF_8), address);
    PipelineException.require(
        config.className().equals(classes.get(part)),
        "%s: _class_name: %s".formatted(address, config.className()),
        classes.get(part) + ", as " + INDEX + " says");
    return config;
  }

  /** Makes sure that a part's weights are there; reads no numbers. */
  void requireWeights(String... parts) {
    for (String each : parts) {
      ShardedSafeTensors.map(part(each));
    }
  }

  /** The weights of a part. */
  Weights weights(String part) {
    return Weights.of(ShardedSafeTensors.map(part(part)));
  }

  /** Names of the files that look like a licence. */
  List<String> licences() {
    return new CheckpointFolder(path)
        .names().stream()
            .filter(each -> each.toLowerCase(Locale.ROOT).matches("(licen[cs]e|notice).*"))
            .limit(MOST_LICENCES)
            .toList();
  }
}
