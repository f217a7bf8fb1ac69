package dev.cascadefarm.standalone.diffusers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.diffusion.scheduler.Thresholding;
import dev.cascadefarm.standalone.install.DiffusionParameters;
import dev.cascadefarm.standalone.install.DiffusionStage;
import dev.cascadefarm.standalone.install.Origin;
import dev.cascadefarm.standalone.install.TextStage;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What a stage of Karlo's is between others.
 *
 * @param kind of model
 * @param inputs what it takes, by name
 * @param outputs what it hands on, by name
 * @param side of its pictures in pixels; 0 if it draws none
 */
record KarloStage(
    String kind, Map<String, TensorSpec> inputs, Map<String, TensorSpec> outputs, int side) {
  static final String EMBEDS = "embeds";
  static final String IMAGE = "image";
  static final String IMAGE_EMBED = "image_embed";
  static final String NOISY_IMAGE = "noisy_image";

  KarloStage {
    inputs = Map.copyOf(inputs);
    outputs = Map.copyOf(outputs);
  }

  /** A picture between stages. */
  static TensorSpec picture(int side) {
    String pixels = Integer.toString(side);
    return DiffusionStage.image(pixels, pixels);
  }

  /** A picture that one row is missing of. */
  static TensorSpec noisyPicture(int side) {
    String pixels = Integer.toString(side);
    return new TensorSpec(
        "tensors", "F32", List.of("1", Integer.toString(KarloPipeline.RGB), pixels, pixels));
  }

  /** The embedding of a picture. */
  static TensorSpec embedding(int width) {
    return new TensorSpec("tensors", "F32", List.of("1", Integer.toString(width)));
  }

  /**
   * The settings that a job may give a stage that samples as its pipeline does, where it says
   * nothing else.
   */
  static ObjectNode parameters(PipelineSampling sampling) {
    ObjectNode schema = sampling.parameters(DiffusionParameters.NO_SMALL_PICTURE);
    Thresholding thresholding = sampling.thresholding();
    double range = thresholding.kind() == Thresholding.Kind.STATIC ? thresholding.limit() : 1;
    DiffusionParameters.clipOnly(schema, range);
    return schema;
  }

  /** Describes the files that lie in the bundle's folder. */
  void seal(Path folder, BundleId id, Settings settings, Origin origin) {
    StageBundle draft =
        new StageBundle(
            id,
            kind,
            Per.IMAGE,
            inputs,
            outputs,
            side,
            1,
            settings.parameters(),
            settings.model(),
            settings.diffusion(),
            TextStage.PRECISION,
            Map.of(),
            origin.licence(),
            origin.provenance());
    BundleWriter.seal(folder, draft);
  }

  /** What its model is, and what a job may say to it. */
  record Settings(JsonNode parameters, JsonNode model, JsonNode diffusion) {}
}
