package dev.cascadefarm.standalone.train;

import dev.cascadefarm.diffusion.train.Trainer.Report;
import dev.cascadefarm.diffusion.train.Trainer.Validation;
import dev.cascadefarm.diffusion.weights.AtomicFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a training stands, in Prometheus' text format: a file for the node exporter's textfile
 * collector, replaced whole. Stateless.
 */
final class TrainingMetrics {
  static final String FILE = "metrics.prom";

  private static final String FORM =
      """
      # HELP farm_training_%1$s %2$s
      # TYPE farm_training_%1$s gauge
      farm_training_%1$s{%3$s} %4$s
      """;

  private TrainingMetrics() {}

  /**
   * Writes the file.
   *
   * @param labels between the braces
   * @param rate pictures a second in this session
   */
  static void write(
      Path folder, String labels, Report report, double rate, @Nullable Validation validation) {
    StringBuilder text = new StringBuilder();
    gauge(text, "step", "steps taken", labels, (double) report.step());
    gauge(text, "steps", "steps of the whole run", labels, report.steps());
    gauge(text, "loss", "loss of the last step", labels, report.loss());
    gauge(text, "gradient_norm", "before clipping", labels, report.norm());
    gauge(text, "seconds", "spent in steps, all sessions", labels, report.seconds());
    gauge(text, "images_per_second", "in this session", labels, rate);
    if (validation != null) {
      gauge(text, "validation_loss", "of the last validation", labels, validation.loss());
      gauge(text, "validation_step", "of the last validation", labels, (double) validation.step());
    }
    AtomicFiles.write(folder.resolve(FILE), text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void gauge(
      StringBuilder text, String name, String help, String labels, double value) {
    text.append(FORM.formatted(name, help, labels, value));
  }
}
