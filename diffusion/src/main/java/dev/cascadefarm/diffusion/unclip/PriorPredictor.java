package dev.cascadefarm.diffusion.unclip;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.denoise.Condition;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/** A {@link DiffusionPrior} as a denoiser steps it: x has D channels of one number. Immutable. */
public final class PriorPredictor implements Predictor {
  private final DiffusionPrior prior;

  public PriorPredictor(DiffusionPrior prior) {
    this.prior = prior;
  }

  @Override
  public Extent extent() {
    return new Extent(prior.config().latentDim(), 1, 1);
  }

  /** The caption's encodings, its mask, its embedding, whether it is kept. */
  @Override
  public List<Condition> conditions() {
    PriorConfig config = prior.config();
    return List.of(
        Condition.branched("embeds", config.maxTextLen(), config.textWidth()),
        Condition.branched("mask", config.maxTextLen()),
        Condition.branched("text", config.latentDim()),
        Condition.branched("keep"));
  }

  @Override
  public Tensor predict(Scope scope, Pass pass) {
    int width = prior.config().latentDim();
    List<Tensor> conditions = pass.conditions();
    PriorInputs inputs =
        new PriorInputs(
            pass.x().reshape(ANY, width),
            pass.time(),
            conditions.get(2),
            conditions.get(0),
            conditions.get(1),
            conditions.get(3));
    return prior.apply(scope, inputs).reshape(ANY, width, 1, 1);
  }
}
