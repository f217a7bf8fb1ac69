package dev.cascadefarm.standalone.render;

import com.fasterxml.jackson.databind.node.DoubleNode;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.standalone.install.UnclipCascade;
import dev.cascadefarm.standalone.install.UnclipStages;
import dev.cascadefarm.standalone.render.Sweep.Variant;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The way from one picture or caption to another in even steps, both ends among them: a job for
 * each step, all with the same seed.
 *
 * @param a where it starts
 * @param b where it ends
 * @param steps pictures, {@link #LEAST} to {@link Sweep#MOST_JOBS}
 */
public record Blend(Medium a, Medium b, int steps) {
  /** The two ends. */
  public static final int LEAST = 2;

  /** Of a fraction as a label: enough to tell the most steps apart. */
  private static final int DECIMALS = 3;

  private static final StageSetting FRACTION =
      new StageSetting(UnclipCascade.BLEND, UnclipStages.FRACTION, DoubleNode.valueOf(0));

  public Blend {
    if (steps < LEAST || steps > Sweep.MOST_JOBS) {
      throw new IllegalArgumentException(
          "%d (expected: %d to %d)".formatted(steps, LEAST, Sweep.MOST_JOBS));
    }
  }

  /** What an end is. */
  public enum Medium {
    PICTURE(RequestField.INIT_IMAGE, RequestField.INIT_IMAGE_B),
    CAPTION(RequestField.PROMPT, RequestField.PROMPT_B);

    private final RequestField first;
    private final RequestField second;

    Medium(RequestField first, RequestField second) {
      this.first = first;
      this.second = second;
    }
  }

  /** Which of an unCLIP's cascades goes this way, or back. */
  public UnclipCascade.Ends ends() {
    if (a != b) {
      return UnclipCascade.Ends.PICTURE_AND_CAPTION;
    }
    return a == Medium.PICTURE ? UnclipCascade.Ends.PICTURES : UnclipCascade.Ends.CAPTIONS;
  }

  /** The field of the request for the start. */
  public RequestField fieldOfA() {
    return a.first;
  }

  /** The field of the request for the end. */
  public RequestField fieldOfB() {
    return a == b ? b.second : b.first;
  }

  /**
   * Checks settings of one's own.
   *
   * @throws IllegalArgumentException if one is what the steps decide
   */
  public void requireApart(List<StageSetting> settings) {
    for (StageSetting set : settings) {
      if (set.name().equals(FRACTION.name())) {
        throw new IllegalArgumentException(set + " (expected: no fraction, the steps have theirs)");
      }
    }
  }

  /** The requests from a to b; each is labelled with its share of the way. */
  public List<Variant> variants(RenderRequest request) {
    return IntStream.range(0, steps).mapToObj(step -> variant(request, step)).toList();
  }

  private Variant variant(RenderRequest request, int step) {
    boolean back = a == Medium.CAPTION && b == Medium.PICTURE;
    double fraction = share(back ? steps - 1 - step : step);
    StageSetting set =
        new StageSetting(FRACTION.stage(), FRACTION.key(), DoubleNode.valueOf(fraction));
    return new Variant(label(share(step)), request.and(List.of(set)));
  }

  private double share(int step) {
    return (double) step / (steps - 1);
  }

  private static String label(double fraction) {
    return BigDecimal.valueOf(fraction)
        .setScale(DECIMALS, RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }
}
