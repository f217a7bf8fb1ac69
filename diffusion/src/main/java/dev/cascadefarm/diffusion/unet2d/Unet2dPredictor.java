package dev.cascadefarm.diffusion.unet2d;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.denoise.Condition;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A {@link Unet2d} for x of one size, as a denoiser steps it. Where the network takes twice the
 * channels of x, the others are the picture to enlarge; where it takes a number as a label, that is
 * how far this picture was noised. Immutable.
 */
public final class Unet2dPredictor implements Predictor {
  private final Unet2d unet;
  private final Extent extent;
  private final int tokens;

  /**
   * A predictor.
   *
   * @param extent of x, without the picture to enlarge and without the variance
   * @param tokens of a caption; 0 for a network without
   * @throws IllegalArgumentException naming what does not fit the network
   */
  public Unet2dPredictor(Unet2d unet, Extent extent, int tokens) {
    Unet2dConfig config = unet.config();
    int channels = extent.channels();
    requireOnceOrTwice("in_channels", config.inChannels(), channels);
    requireOnceOrTwice("out_channels", config.outChannels(), channels);
    Check.require(
        extent.height() % config.sideMultiple() == 0 && extent.width() % config.sideMultiple() == 0,
        "sample_size",
        extent.height() + "×" + extent.width(),
        "multiples of " + config.sideMultiple());
    Check.require(
        config.conditional() == tokens > 0, "tokens", tokens, config.conditional() ? ">= 1" : "0");
    Check.require(
        !config.labelled() || (config.levelled() && config.inChannels() > channels),
        "class_embed_type",
        "labels",
        "none, or timestep in a network that enlarges");
    this.unet = unet;
    this.extent = extent;
    this.tokens = tokens;
  }

  private static void requireOnceOrTwice(String name, int value, int channels) {
    Check.require(
        value == channels || value == 2 * channels, name, value, channels + " or " + 2 * channels);
  }

  @Override
  public Extent extent() {
    return extent;
  }

  /** Whether it takes a picture to enlarge. */
  public boolean enlarges() {
    return unet.config().inChannels() > extent.channels();
  }

  @Override
  public boolean learnsVariance() {
    return unet.config().outChannels() > extent.channels();
  }

  /** The caption's tokens, if it takes them; then the picture to enlarge. */
  @Override
  public List<Condition> conditions() {
    List<Condition> conditions = new ArrayList<>();
    if (tokens > 0) {
      conditions.add(Condition.branched("tokens", tokens, unet.config().tokenWidth()));
    }
    if (enlarges()) {
      conditions.add(
          Condition.shared("lowres", extent.channels(), extent.height(), extent.width()));
    }
    return conditions;
  }

  @Override
  public Tensor predict(Scope scope, Pass pass) {
    List<Tensor> conditions = pass.conditions();
    Tensor x =
        enlarges() ? Tensor.cat(1, pass.x(), conditions.get(conditions.size() - 1)) : pass.x();
    Tensor caption = tokens > 0 ? conditions.get(0) : null;
    Tensor level = unet.config().labelled() ? pass.level() : null;
    return unet.apply(scope, new Unet2dInputs(x, pass.time(), caption, null, level));
  }
}
