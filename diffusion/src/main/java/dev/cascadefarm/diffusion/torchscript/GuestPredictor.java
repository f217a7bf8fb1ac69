package dev.cascadefarm.diffusion.torchscript;

import dev.cascadefarm.diffusion.denoise.Condition;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.graph.Guest;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A guest that predicts from a noisy x, as a denoiser steps it. Immutable. */
public final class GuestPredictor implements Predictor {
  /** The noisy x. */
  public static final String X = "x";

  /** The noisy x and, in channels behind it, the picture to enlarge. */
  public static final String X_AND_IMAGE = "x+image";

  public static final String TIMESTEP = "timestep";

  /** A caption's tokens. */
  public static final String EMBEDS = "embeds";

  /** Which of them are words. */
  public static final String MASK = "mask";

  /** 1 where there is a caption, 0 where there is none. */
  public static final String KEEP = "keep";

  /** A caption as a whole. */
  public static final String POOLED = "pooled";

  /** The picture to enlarge, in the size of x. */
  public static final String IMAGE = GuestTensor.IMAGE;

  /** The timestep to which that picture was noised. */
  public static final String IMAGE_TIMESTEP = "image_timestep";

  /** What is predicted. */
  public static final String PREDICTION = "prediction";

  /** What the two branches of the guidance hear each on its own. */
  private static final List<String> BRANCHED = List.of(EMBEDS, MASK, KEEP, POOLED);

  private final GuestCall call;
  private final @Nullable Guest guest;
  private final Extent extent;

  /**
   * A predictor.
   *
   * @param call as {@link GuestStage} checked it
   */
  public GuestPredictor(GuestCall call, Guest guest) {
    this(call, guest, extent(call));
  }

  /** One that is only described, and cannot predict. */
  public GuestPredictor(GuestCall call) {
    this(call, null, extent(call));
  }

  private GuestPredictor(GuestCall call, @Nullable Guest guest, Extent extent) {
    this.call = call;
    this.guest = guest;
    this.extent = extent;
  }

  private static Extent extent(GuestCall call) {
    boolean joined = call.input(X_AND_IMAGE).isPresent();
    List<Integer> shape = call.input(joined ? X_AND_IMAGE : X).orElseThrow().shape();
    return new Extent(joined ? shape.get(0) / 2 : shape.get(0), shape.get(1), shape.get(2));
  }

  @Override
  public Extent extent() {
    return extent;
  }

  /** What it is told beside x. */
  public GuestCall call() {
    return call;
  }

  /** Whether it takes a picture to enlarge. */
  public boolean enlarges() {
    return call.input(IMAGE).isPresent() || call.input(X_AND_IMAGE).isPresent();
  }

  /** Whether a caption reaches it in any form. */
  public boolean hearsCaptions() {
    return BRANCHED.stream().anyMatch(each -> call.input(each).isPresent());
  }

  @Override
  public boolean learnsVariance() {
    return call.output(PREDICTION).orElseThrow().shape().get(0) > extent.channels();
  }

  @Override
  public List<Condition> conditions() {
    List<Condition> conditions = new ArrayList<>();
    for (String each : BRANCHED) {
      call.input(each).ifPresent(it -> conditions.add(Condition.branched(each, it.sizes())));
    }
    if (enlarges()) {
      conditions.add(Condition.shared(IMAGE, extent.channels(), extent.height(), extent.width()));
    }
    return conditions;
  }

  @Override
  public Tensor predict(Scope scope, Pass pass) {
    Map<String, Tensor> values = new HashMap<>();
    List<Condition> conditions = conditions();
    for (int i = 0; i < conditions.size(); i++) {
      values.put(conditions.get(i).name(), pass.conditions().get(i));
    }
    values.put(X, pass.x());
    values.put(TIMESTEP, pass.time());
    values.put(IMAGE_TIMESTEP, pass.level());
    if (call.input(X_AND_IMAGE).isPresent()) {
      Tensor image = Objects.requireNonNull(values.get(IMAGE));
      values.put(X_AND_IMAGE, Tensor.cat(1, pass.x(), image));
    }
    return Objects.requireNonNull(
        call.apply(scope, Objects.requireNonNull(guest), values).get(PREDICTION));
  }
}
