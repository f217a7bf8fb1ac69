package dev.cascadefarm.diffusion.denoise;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.cascadefarm.diffusion.graph.Tensor;

/** How far a prediction is from its target, pixel by pixel. */
public enum LossKind {
  /** The distance. */
  @JsonProperty("l1")
  L1 {
    @Override
    Tensor of(Tensor difference) {
      return difference.abs();
    }
  },
  /** The square. */
  @JsonProperty("l2")
  L2 {
    @Override
    Tensor of(Tensor difference) {
      return difference.square();
    }
  },
  /** Half the square up to 1, the distance less a half beyond. */
  @JsonProperty("huber")
  @JsonAlias("smooth_l1")
  HUBER {
    @Override
    Tensor of(Tensor difference) {
      Tensor distance = difference.abs();
      Tensor inner = distance.atMost(1);
      return inner.times(distance.minus(inner.times(0.5)));
    }
  };

  abstract Tensor of(Tensor difference);
}
