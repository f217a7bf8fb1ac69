package dev.cascadefarm.standalone.install;

import static dev.cascadefarm.standalone.install.BetweenStages.EMBEDS;
import static dev.cascadefarm.standalone.install.BetweenStages.IMAGE;
import static dev.cascadefarm.standalone.install.BetweenStages.IMAGE_EMBED;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.cascade.StageBundle;
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
import java.util.List;
import java.util.Map;

/** A bundle that is one of unCLIP's own models. Writing it runs the model once. */
public record UnclipStages(BundleDraft draft) {
  /** What a blend gives from 0 to 1; its one setting. */
  public static final String FRACTION = "fraction";

  static final String IMAGE_EMBED_B = IMAGE_EMBED + "_b";
  private static final double HALF_WAY = 0.5;

  /**
   * The half of a CLIP that encodes captions.
   *
   * @param weights of the whole CLIP
   * @param words it knows
   */
  public StageBundle writeText(ClipConfig clip, Map<String, HostTensor> weights, List<String> words)
      throws IOException {
    UnclipBundleFiles.writeText(draft.folder(), clip, weights, words);
    return new TextStage(TorchStageLoader.UNCLIP_TEXT_KIND, WireJson.MAPPER.valueToTree(clip))
        .seal(draft);
  }

  /**
   * The half of a CLIP that embeds pictures; once for a job.
   *
   * @param weights of the whole CLIP
   */
  public StageBundle writeImage(ClipConfig clip, Map<String, HostTensor> weights) {
    UnclipBundleFiles.writeImage(draft.folder(), clip, weights);
    return draft.seal(
        StageEnds.ofJob(
            Map.of(IMAGE, BetweenStages.anyImage()),
            Map.of(IMAGE_EMBED, BetweenStages.imageEmbed(clip.latentDim()))),
        StageModel.of(TorchStageLoader.UNCLIP_IMAGE_KIND, WireJson.MAPPER.valueToTree(clip)));
  }

  /** The model that makes embeddings of captions. */
  public StageBundle writePrior(
      PriorConfig prior, DiffusionConfig diffusion, ObjectNode parameters, Weights weights) {
    UnclipBundleFiles.writePrior(draft.folder(), prior, diffusion, weights);
    return draft.seal(
        StageEnds.ofImage(
            Map.of(EMBEDS, BetweenStages.embeds()),
            Map.of(IMAGE_EMBED, BetweenStages.imageEmbed(prior.latentDim()))),
        StageModel.diffusing(TorchStageLoader.UNCLIP_PRIOR_KIND, prior, diffusion, parameters));
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
    DiffusionConfig diffusion = drawing.diffusion();
    int side = drawing.side();
    UnclipBundleFiles.writeDecoder(draft.folder(), decoder, diffusion, side, weights);
    TensorSpec drawn = BetweenStages.imageEmbed(decoder.latentDim());
    return draft.seal(
        StageEnds.ofImage(
            Map.of(EMBEDS, BetweenStages.embeds(BetweenStages.ANY_WIDTH, true), IMAGE_EMBED, drawn),
            Map.of(IMAGE, BetweenStages.image(side)),
            side),
        StageModel.diffusing(
            TorchStageLoader.UNCLIP_DECODER_KIND, decoder, diffusion, drawing.parameters()));
  }

  /** The way from one embedding to another; without weights. */
  public StageBundle writeBlend(int latentDim) throws IOException {
    Files.createDirectories(draft.folder());
    TensorSpec embedding = BetweenStages.imageEmbed(latentDim);
    return draft.seal(
        StageEnds.ofImage(
            Map.of(IMAGE_EMBED, embedding, IMAGE_EMBED_B, embedding),
            Map.of(IMAGE_EMBED, embedding)),
        StageModel.of(
            TorchStageLoader.UNCLIP_BLEND_KIND,
            WireJson.object().put("latent_dim", latentDim),
            fraction()));
  }

  private static ObjectNode fraction() {
    ObjectNode schema = StageModel.noSettings();
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
}
