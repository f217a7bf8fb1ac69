package dev.cascadefarm.diffusion.karlo;

import static dev.cascadefarm.diffusion.graph.Tensor.ANY;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.denoise.Condition;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.List;

/** A {@link PriorTransformer} as a denoiser steps it: x has D channels of one number. Immutable. */
public final class PriorTransformerPredictor implements Predictor {
  private final PriorTransformerConfig config;
  private final PriorTransformer prior;

  /**
   * A predictor.
   *
   * @throws IllegalArgumentException if what is predicted is not as wide as x
   */
  public PriorTransformerPredictor(PriorTransformerConfig config) {
    Check.require(
        config.out() == config.embedding(),
        "clip_embed_dim",
        config.out(),
        config.embedding() + ", as embedding_dim");
    this.config = config;
    this.prior = new PriorTransformer(config);
  }

  @Override
  public Extent extent() {
    return new Extent(config.embedding(), 1, 1);
  }

  /** The caption's encodings, its mask, its embedding. */
  @Override
  public List<Condition> conditions() {
    return List.of(
        Condition.branched("embeds", config.tokens(), config.embedding()),
        Condition.branched("mask", config.tokens()),
        Condition.branched("text", config.projection()));
  }

  @Override
  public Tensor predict(Scope scope, Pass pass) {
    List<Tensor> conditions = pass.conditions();
    PriorTransformer.Inputs inputs =
        new PriorTransformer.Inputs(
            pass.x().reshape(ANY, config.embedding()),
            pass.time(),
            conditions.get(2),
            conditions.get(0),
            conditions.get(1));
    return prior.apply(scope, inputs).reshape(ANY, config.embedding(), 1, 1);
  }

  /** Adds {@link PriorTransformer#FINISH} to the program that samples. */
  public Graph finishing(Graph graph) {
    return graph.method(
        PriorTransformer.FINISH,
        method -> List.of(prior.finished(method.root(), method.input("x", ANY, config.out()))));
  }
}
