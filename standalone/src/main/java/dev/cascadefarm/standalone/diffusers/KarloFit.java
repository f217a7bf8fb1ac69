package dev.cascadefarm.standalone.diffusers;

import static dev.cascadefarm.standalone.diffusers.PipelineException.require;

import dev.cascadefarm.diffusion.clip.ClipTextConfig;
import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.karlo.PriorTransformerConfig;
import dev.cascadefarm.diffusion.karlo.ProjectedDecoder;
import dev.cascadefarm.diffusion.karlo.TextProjectionConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2dPredictor;
import java.util.List;

/**
 * Whether the parts of a pipeline of Karlo's kind understand each other. All throw a {@link
 * PipelineException} that names the file and the key.
 *
 * @param source the folder
 */
record KarloFit(PipelineFolder source) {
  /** The prior hears the text encoder, and draws what is as wide as a caption's embedding. */
  void requirePrior(PriorTransformerConfig prior, ClipTextConfig clip, int tokens) {
    String part = KarloPipeline.PRIOR;
    same(part, "embedding_dim", prior.embedding(), clip.hiddenSize(), "hidden_size");
    same(part, "embedding_proj_dim", prior.projection(), clip.projectionDim(), "projection_dim");
    same(part, "clip_embed_dim", prior.out(), prior.embedding(), "embedding_dim");
    same(part, "num_embeddings", prior.tokens(), tokens, "model_max_length");
  }

  /** The projection hears the text encoder and the prior. */
  void requireProjection(TextProjectionConfig projection, ClipTextConfig clip) {
    String part = KarloPipeline.TEXT_PROJ;
    same(part, "clip_embeddings_dim", projection.embedding(), clip.hiddenSize(), "hidden_size");
    same(
        part,
        "clip_embeddings_dim",
        projection.embedding(),
        clip.projectionDim(),
        "projection_dim");
  }

  /** The decoder hears the projection. */
  void requireDecoder(Unet2dConfig decoder, TextProjectionConfig projection, int tokens) {
    String part = KarloPipeline.DECODER;
    same(
        part, "cross_attention_dim", decoder.tokenWidth(), projection.tokens(), "the projection's");
    requireChannels(part, decoder, KarloPipeline.RGB, 2 * KarloPipeline.RGB);
    int side = side(part, decoder);
    require(
        decoder.labelWidth() == projection.time(),
        "%s: class_embed_type: labels of width %d".formatted(file(part), decoder.labelWidth()),
        projection.time() + ", time_embed_dim of the projection");
    // It refuses what else does not fit: sides that do not halve.
    ProjectedDecoder predictor =
        new ProjectedDecoder(new Unet2d(decoder), projection, side, tokens);
    require(predictor.learnsVariance(), file(part) + ": out_channels", 2 * KarloPipeline.RGB);
  }

  /** Side of the pictures that both super-resolution U-Nets make. */
  int enlargedSide(Unet2dConfig decoder) {
    int first = enlargedSide(KarloPipeline.FIRST);
    int last = enlargedSide(KarloPipeline.LAST);
    same(KarloPipeline.LAST, "sample_size", last, first, KarloPipeline.FIRST);
    int small = decoder.sampleSize().get(0);
    require(
        first > small,
        "%s: sample_size: %d".formatted(file(KarloPipeline.FIRST), first),
        "above %d, the decoder's".formatted(small));
    return first;
  }

  private int enlargedSide(String part) {
    Unet2dConfig unet = source.unet(part);
    requireChannels(part, unet, 2 * KarloPipeline.RGB, KarloPipeline.RGB);
    require(!unet.labelled(), file(part) + ": class_embed_type", "null");
    int side = side(part, unet);
    Unet2dPredictor predictor =
        new Unet2dPredictor(new Unet2d(unet), Extent.square(KarloPipeline.RGB, side), 0);
    require(predictor.enlarges(), file(part) + ": in_channels", 2 * KarloPipeline.RGB);
    return side;
  }

  private void requireChannels(String part, Unet2dConfig unet, int in, int out) {
    require(unet.inChannels() == in, file(part) + ": in_channels: " + unet.inChannels(), in);
    require(unet.outChannels() == out, file(part) + ": out_channels: " + unet.outChannels(), out);
  }

  private int side(String part, Unet2dConfig unet) {
    List<Integer> size = unet.sampleSize();
    require(
        size.size() == 2 && size.get(0).equals(size.get(1)),
        file(part) + ": sample_size: " + size,
        "one number, the pictures' side");
    return size.get(0);
  }

  private void same(String part, String key, int value, int expected, String whose) {
    require(
        value == expected,
        "%s: %s: %d".formatted(file(part), key, value),
        "%d, as %s".formatted(expected, whose));
  }

  private String file(String part) {
    return source.address(part, PipelineFolder.CONFIG);
  }
}
