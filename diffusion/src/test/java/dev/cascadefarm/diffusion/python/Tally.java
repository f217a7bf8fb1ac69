package dev.cascadefarm.diffusion.python;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.util.List;

/** The comparisons of a test class: each must agree, and must disagree once it is doctored. */
final class Tally {
  private final String name;
  private final double tolerance;
  private Difference largest = new Difference(0, 1);
  private int comparisons;

  /**
   * Starts without any.
   *
   * @param tolerance largest difference as a share of {@link Difference#scale}
   */
  Tally(String name, double tolerance) {
    this.name = name;
    this.tolerance = tolerance;
  }

  /** What Python is asked for. */
  interface Answer {
    List<HostTensor> get() throws IOException;
  }

  /**
   * Compares.
   *
   * @param doctored the same, less one weight
   */
  void compare(String what, List<HostTensor> ours, Answer theirs, Answer doctored)
      throws IOException {
    Difference difference = Difference.of(ours, theirs.get());
    Difference control = Difference.of(ours, doctored.get());
    System.out.printf(
        "  %s · %s · largest difference %.1e of %.1f (%.1e); doctored %.1e%n",
        name,
        what,
        difference.largest(),
        difference.scale(),
        difference.relative(),
        control.relative());
    comparisons++;
    if (!(difference.relative() <= largest.relative())) {
      largest = difference;
    }
    assertThat(difference.relative()).as(what).isLessThan(tolerance);
    assertThat(control.relative()).as(what + ", doctored").isGreaterThan(10 * tolerance);
  }

  /** Prints the largest difference of all. */
  void print() {
    System.out.printf(
        "python · %s · %d comparisons · largest difference %.1e of %.1f (%.1e, expected: < %.0e)%n",
        name, comparisons, largest.largest(), largest.scale(), largest.relative(), tolerance);
  }
}
