package dev.cascadefarm.diffusion.karlo;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.denoise.Condition;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.unet2d.Unet2d;
import dev.cascadefarm.diffusion.unet2d.Unet2dConfig;
import dev.cascadefarm.diffusion.unet2d.Unet2dInputs;
import java.util.Arrays;
import java.util.List;

/**
 * A decoder of Karlo's kind, as a denoiser steps it: a U-Net that hears a picture's embedding and a
 * caption through a {@link TextProjection}. Parameters are those of the two, under {@link #UNET}
 * and {@link #PROJECTION}. Immutable.
 */
public final class ProjectedDecoder implements Predictor {
  /** Where the U-Net's parameters are. */
  public static final String UNET = "decoder";

  /** Where the projection's parameters are. */
  public static final String PROJECTION = "text_proj";

  private final Unet2d unet;
  private final TextProjectionConfig heard;
  private final TextProjection projection;
  private final int side;
  private final int tokens;

  /**
   * A predictor.
   *
   * @param side of the pictures, in pixels
   * @param tokens of a caption
   * @throws IllegalArgumentException naming what does not fit
   */
  public ProjectedDecoder(Unet2d unet, TextProjectionConfig heard, int side, int tokens) {
    Unet2dConfig config = unet.config();
    Check.require(
        config.tokenWidth() == heard.tokens(),
        "cross_attention_dim",
        config.tokenWidth(),
        heard.tokens() + ", as the projection's");
    Check.require(
        config.labelWidth() == heard.time(),
        "class_embed_type",
        "labels of width " + config.labelWidth(),
        heard.time() + ", time_embed_dim of the projection");
    Check.require(
        config.outChannels() == config.inChannels()
            || config.outChannels() == 2 * config.inChannels(),
        "out_channels",
        config.outChannels(),
        config.inChannels() + " or " + 2 * config.inChannels());
    Check.require(
        side >= 1 && side % config.sideMultiple() == 0,
        "sample_size",
        side,
        "a multiple of " + config.sideMultiple());
    this.unet = unet;
    this.heard = heard;
    this.projection = new TextProjection(heard);
    this.side = side;
    this.tokens = tokens;
  }

  @Override
  public Extent extent() {
    return Extent.square(unet.config().inChannels(), side);
  }

  @Override
  public boolean learnsVariance() {
    return unet.config().outChannels() > unet.config().inChannels();
  }

  /**
   * The caption's encodings, its mask, its embedding, whether the picture's embedding is kept; then
   * that embedding.
   */
  @Override
  public List<Condition> conditions() {
    return List.of(
        Condition.branched("embeds", tokens, heard.embedding()),
        Condition.branched("mask", tokens),
        Condition.branched("text", heard.embedding()),
        Condition.branched("keep_image"),
        Condition.shared("image_embed", heard.embedding()));
  }

  @Override
  public Tensor predict(Scope scope, Pass pass) {
    List<Tensor> conditions = pass.conditions();
    Scope own = scope.in(PROJECTION);
    Tensor picture = projection.seen(own, conditions.get(4), conditions.get(3));
    Unet2dInputs inputs =
        new Unet2dInputs(
            pass.x(),
            pass.time(),
            projection.tokens(own, picture, conditions.get(0)),
            mask(conditions.get(1)),
            projection.beside(own, picture, conditions.get(2)));
    return unet.apply(scope.in(UNET), inputs);
  }

  /** The tokens that a picture's embedding becomes are all seen. */
  private Tensor mask(Tensor caption) {
    Tensor[] parts = new Tensor[heard.extraTokens() + 1];
    Arrays.fill(parts, caption.narrow(1, 0, 1).times(0).plus(1));
    parts[heard.extraTokens()] = caption;
    return Tensor.cat(1, parts);
  }
}
