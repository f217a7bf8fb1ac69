package dev.cascadefarm.standalone.install;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.StageBundle.Per;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.runner.BundleFiles.Weights;
import dev.cascadefarm.diffusion.runner.DiffusionConfig;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.runner.UnclipBundleFiles;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.unclip.ClipConfig;
import dev.cascadefarm.diffusion.unclip.DecoderConfig;
import dev.cascadefarm.diffusion.unclip.PriorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A bundle that is one of unCLIP's own models, on its way into a folder. Writing it runs the model
 * once.
 */
public record UnclipStages(Path folder, BundleId id, Origin origin) {
  /** What prior and pictures give, and the decoder draws. */
  public static final String IMAGE_EMBED = "image_embed";

  /** What a blend gives from 0 to 1; its one setting. */
  public static final String FRACTION = "fraction";

  static final String EMBEDS = "embeds";
  static final String IMAGE_EMBED_B = IMAGE_EMBED + "_b";
  private static final String IMAGE = "image";
  private static final double HALF_WAY = 0.5;

  /**
   * The half of a CLIP that encodes captions.
   *
   * @param weights of the whole CLIP
   * @param words it knows
   */
  public StageBundle writeText(ClipConfig clip, Map<String, HostTensor> weights, List<String> words)
      throws IOException {
    UnclipBundleFiles.writeText(folder, clip, weights, words);
    return new TextStage(TorchStageLoader.UNCLIP_TEXT_KIND, WireJson.MAPPER.valueToTree(clip))
        .seal(folder, id, origin);
  }

  /**
   * The half of a CLIP that embeds pictures; once for a job.
   *
   * @param weights of the whole CLIP
   */
  public StageBundle writeImage(ClipConfig clip, Map<String, HostTensor> weights) {
    UnclipBundleFiles.writeImage(folder, clip, weights);
    return seal(
        new Ends(
            TorchStageLoader.UNCLIP_IMAGE_KIND,
            Per.JOB,
            Map.of(IMAGE, picture("h", "w")),
            Map.of(IMAGE_EMBED, embedding(clip.latentDim())),
            0),
        new Settings(noSettings(), WireJson.MAPPER.valueToTree(clip), WireJson.object()));
  }

  /** The model that makes embeddings of captions. */
  public StageBundle writePrior(
      PriorConfig prior, DiffusionConfig diffusion, ObjectNode parameters, Weights weights) {
    UnclipBundleFiles.writePrior(folder, prior, diffusion, weights);
    return seal(
        new Ends(
            TorchStageLoader.UNCLIP_PRIOR_KIND,
            Per.IMAGE,
            Map.of(EMBEDS, TextStage.embeds()),
            Map.of(IMAGE_EMBED, embedding(prior.latentDim())),
            0),
        new Settings(
            parameters,
            WireJson.MAPPER.valueToTree(prior),
            WireJson.MAPPER.valueToTree(diffusion)));
  }

  /**
   * How a decoder draws.
   *
   * @param side of its pictures, in pixels
   * @param parameters the settings that a job may give
   */
  public record Drawing(DiffusionConfig diffusion, int side, ObjectNode parameters) {}

  /** The model that draws embeddings; it can do without a caption. */
  public StageBundle writeDecoder(DecoderConfig decoder, Drawing drawing, Weights weights) {
    UnclipBundleFiles.writeDecoder(folder, decoder, drawing.diffusion(), drawing.side(), weights);
    String side = Integer.toString(drawing.side());
    return seal(
        new Ends(
            TorchStageLoader.UNCLIP_DECODER_KIND,
            Per.IMAGE,
            Map.of(EMBEDS, TextStage.embeds(true), IMAGE_EMBED, embedding(decoder.latentDim())),
            Map.of(IMAGE, picture(side, side)),
            drawing.side()),
        new Settings(
            drawing.parameters(),
            WireJson.MAPPER.valueToTree(decoder),
            WireJson.MAPPER.valueToTree(drawing.diffusion())));
  }

  /** The way from one embedding to another; without weights. */
  public StageBundle writeBlend(int latentDim) throws IOException {
    Files.createDirectories(folder);
    TensorSpec embedding = embedding(latentDim);
    return seal(
        new Ends(
            TorchStageLoader.UNCLIP_BLEND_KIND,
            Per.IMAGE,
            Map.of(IMAGE_EMBED, embedding, IMAGE_EMBED_B, embedding),
            Map.of(IMAGE_EMBED, embedding),
            0),
        new Settings(
            fraction(), WireJson.object().put("latent_dim", latentDim), WireJson.object()));
  }

  private static ObjectNode fraction() {
    ObjectNode schema = noSettings();
    schema
        .withObject("properties")
        .putObject(FRACTION)
        .put("type", "number")
        .put("description", "share of the way from the first picture or caption to the second")
        .put("minimum", 0)
        .put("maximum", 1)
        .put("default", HALF_WAY);
    return schema;
  }

  /** What a stage is between others. */
  private record Ends(
      String kind,
      Per per,
      Map<String, TensorSpec> inputs,
      Map<String, TensorSpec> outputs,
      int side) {}

  /** What its model is, and what a job may say to it. */
  private record Settings(ObjectNode parameters, ObjectNode model, ObjectNode diffusion) {}

  private StageBundle seal(Ends ends, Settings settings) {
    StageBundle draft =
        new StageBundle(
            id,
            ends.kind(),
            ends.per(),
            ends.inputs(),
            ends.outputs(),
            ends.side(),
            1,
            settings.parameters(),
            settings.model(),
            settings.diffusion(),
            TextStage.PRECISION,
            Map.of(),
            origin.licence(),
            origin.provenance());
    return BundleWriter.seal(folder, draft);
  }

  private static ObjectNode noSettings() {
    ObjectNode schema = WireJson.object().put("type", "object").put("additionalProperties", false);
    schema.putObject("properties");
    return schema;
  }

  private static TensorSpec picture(String height, String width) {
    return new TensorSpec(IMAGE, "", List.of("3", height, width));
  }

  private static TensorSpec embedding(int latentDim) {
    return new TensorSpec("tensors", "F32", List.of("1", Integer.toString(latentDim)));
  }
}
