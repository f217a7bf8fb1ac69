package dev.cascadefarm.diffusion.unclip;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.denoise.Condition;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/** A {@link Decoder} for pictures of one size, as a denoiser steps it. Immutable. */
public final class DecoderPredictor implements Predictor {
  private final Decoder decoder;
  private final Extent extent;

  /**
   * A predictor.
   *
   * @param side of the pictures, in pixels
   */
  public DecoderPredictor(Decoder decoder, int side) {
    DecoderConfig config = decoder.config();
    Check.require(
        side >= 1 && side % config.sideMultiple() == 0,
        "side",
        side,
        "a multiple of " + config.sideMultiple());
    this.decoder = decoder;
    this.extent = Extent.square(config.channels(), side);
  }

  @Override
  public Extent extent() {
    return extent;
  }

  /**
   * The caption's encodings, its mask, whether it is kept, whether the picture's embedding is kept;
   * then that embedding.
   */
  @Override
  public List<Condition> conditions() {
    DecoderConfig config = decoder.config();
    return List.of(
        Condition.branched("embeds", config.maxTextLen(), config.textWidth()),
        Condition.branched("mask", config.maxTextLen()),
        Condition.branched("keep"),
        Condition.branched("keep_image"),
        Condition.shared("image_embed", config.latentDim()));
  }

  @Override
  public Tensor predict(Scope scope, Pass pass) {
    List<Tensor> conditions = pass.conditions();
    DecoderInputs inputs =
        new DecoderInputs(
            pass.x(),
            pass.time(),
            conditions.get(4),
            conditions.get(3),
            conditions.get(0),
            conditions.get(1),
            conditions.get(2));
    return decoder.apply(scope, inputs);
  }
}
