package dev.cascadefarm.standalone.train;

import dev.cascadefarm.diffusion.train.Trainer.Validation;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How the loss went, on a logarithmic scale: the mean of every stretch of steps, and every
 * validation. Takes the same memory however long a run is. Not thread-safe.
 */
final class LossCurve {
  static final int WIDTH = 960;
  static final int HEIGHT = 480;

  private static final int STRETCHES = 480;
  private static final int MOST_VALIDATIONS = 10_000;
  private static final int MARGIN = 16;
  private static final Color TRAINING = new Color(0x2563eb);
  private static final Color VALIDATION = new Color(0xea580c);
  private static final Color GRID = new Color(0xe5e7eb);

  private final long steps;
  private final double[] sums = new double[STRETCHES];
  private final int[] counts = new int[STRETCHES];
  private final List<Validation> validations = new ArrayList<>();

  /** For a run of so many steps. */
  LossCurve(long steps) {
    this.steps = Math.max(1, steps);
  }

  /** Takes a step's loss; steps are counted from 1. */
  void add(long step, double loss) {
    int stretch = (int) Math.min(STRETCHES - 1, (step - 1) * STRETCHES / steps);
    if (Double.isFinite(loss)) {
      sums[stretch] += loss;
      counts[stretch]++;
    }
  }

  /** Takes a validation; the last ones are kept. */
  void add(Validation validation) {
    validations.add(validation);
    if (validations.size() > MOST_VALIDATIONS) {
      validations.remove(0);
    }
  }

  /** Mean loss of a stretch of steps; not a number where there was none. */
  double mean(int stretch) {
    return counts[stretch] == 0 ? Double.NaN : sums[stretch] / counts[stretch];
  }

  /** The curve, {@link #WIDTH} × {@link #HEIGHT}; only a frame while there is nothing to show. */
  BufferedImage image() {
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    canvas.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    canvas.setColor(Color.WHITE);
    canvas.fillRect(0, 0, WIDTH, HEIGHT);
    double[] losses = shown();
    if (losses.length > 0) {
      Scale scale = Scale.of(losses);
      grid(canvas, scale);
      canvas.setStroke(new BasicStroke(2));
      training(canvas, scale);
      validation(canvas, scale);
    }
    canvas.setColor(Color.GRAY);
    canvas.drawRect(MARGIN, MARGIN, WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN);
    canvas.dispose();
    return image;
  }

  /** Lowest and highest loss that are shown. */
  double[] range() {
    double[] losses = shown();
    return losses.length == 0 ? new double[0] : new double[] {losses[0], losses[losses.length - 1]};
  }

  /** All values that a logarithm can show, sorted. */
  private double[] shown() {
    double[] means = new double[STRETCHES + validations.size()];
    for (int i = 0; i < STRETCHES; i++) {
      means[i] = mean(i);
    }
    for (int i = 0; i < validations.size(); i++) {
      means[STRETCHES + i] = validations.get(i).loss();
    }
    return Arrays.stream(means).filter(each -> each > 0).sorted().toArray();
  }

  private record Scale(double low, double high) {
    static Scale of(double[] sorted) {
      double low = Math.log10(sorted[0]);
      double high = Math.log10(sorted[sorted.length - 1]);
      return new Scale(low - 0.05, Math.max(high, low + 0.1) + 0.05);
    }

    double y(double loss) {
      double share = (Math.log10(loss) - low) / (high - low);
      return HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN);
    }
  }

  private double x(double step) {
    return MARGIN + step / steps * (WIDTH - 2 * MARGIN);
  }

  /** A line at every power of ten, and at twice and five times of it. */
  private static void grid(Graphics2D canvas, Scale scale) {
    canvas.setColor(GRID);
    for (int power = (int) Math.floor(scale.low()); power <= scale.high(); power++) {
      for (int times : new int[] {1, 2, 5}) {
        double loss = times * Math.pow(10, power);
        int y = (int) scale.y(loss);
        if (y > MARGIN && y < HEIGHT - MARGIN) {
          canvas.drawLine(MARGIN, y, WIDTH - MARGIN, y);
        }
      }
    }
  }

  private void training(Graphics2D canvas, Scale scale) {
    Path2D path = new Path2D.Double();
    for (int i = 0; i < STRETCHES; i++) {
      if (mean(i) > 0) {
        extend(path, x((i + 0.5) * steps / STRETCHES), scale.y(mean(i)));
      }
    }
    canvas.setColor(TRAINING);
    canvas.draw(path);
  }

  private void validation(Graphics2D canvas, Scale scale) {
    Path2D path = new Path2D.Double();
    canvas.setColor(VALIDATION);
    for (Validation each : validations) {
      if (each.loss() > 0) {
        double x = x((double) each.step());
        double y = scale.y(each.loss());
        extend(path, x, y);
        canvas.fillOval((int) x - 3, (int) y - 3, 7, 7);
      }
    }
    canvas.draw(path);
  }

  private static void extend(Path2D path, double x, double y) {
    if (path.getCurrentPoint() == null) {
      path.moveTo(x, y);
    } else {
      path.lineTo(x, y);
    }
  }
}
