package dev.cascadefarm.diffusion.imagen;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.denoise.Condition;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A {@link Unet} for pictures of one size, as a denoiser steps it. Immutable. */
public final class UnetPredictor implements Predictor {
  private final Unet unet;
  private final Extent extent;

  /**
   * A predictor.
   *
   * @param side of the pictures, in pixels
   */
  public UnetPredictor(Unet unet, int side) {
    UnetConfig config = unet.config();
    Check.require(
        side >= 1 && side % config.sideMultiple() == 0,
        "side",
        side,
        "a multiple of " + config.sideMultiple());
    config.requireAsManyChannelsOut();
    this.unet = unet;
    this.extent = Extent.square(config.channels(), side);
  }

  @Override
  public Extent extent() {
    return extent;
  }

  /** The caption's embeddings, its mask, whether it is kept; then the picture to enlarge. */
  @Override
  public List<Condition> conditions() {
    UnetConfig config = unet.config();
    int length = config.maxTextLen();
    List<Condition> conditions = new ArrayList<>();
    conditions.add(Condition.branched("embeds", length, config.textEmbedDim()));
    conditions.add(Condition.branched("mask", length));
    conditions.add(Condition.branched("keep"));
    if (config.lowresCond()) {
      conditions.add(
          Condition.shared("lowres", config.channels(), extent.height(), extent.width()));
    }
    return conditions;
  }

  @Override
  public Tensor predict(Scope scope, Pass pass) {
    List<Tensor> conditions = pass.conditions();
    boolean enlarges = unet.config().lowresCond();
    return unet.apply(
        scope,
        new UnetInputs(
            pass.x(),
            pass.time(),
            conditions.get(0),
            conditions.get(1),
            conditions.get(2),
            enlarges ? conditions.get(3) : null,
            enlarges ? pass.level() : null));
  }
}
