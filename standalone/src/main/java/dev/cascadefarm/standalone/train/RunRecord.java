package dev.cascadefarm.standalone.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.json.MalformedJsonException;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.diffusion.image.RgbImage;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.ProgressPictures;
import dev.cascadefarm.diffusion.train.ProgressPictures.Drawn;
import dev.cascadefarm.diffusion.train.Trainer.Report;
import dev.cascadefarm.diffusion.train.Trainer.Validation;
import dev.cascadefarm.diffusion.train.TrainingListener;
import dev.cascadefarm.diffusion.weights.AtomicFiles;
import dev.cascadefarm.standalone.pictures.ContactSheet;
import dev.cascadefarm.standalone.pictures.ContactSheet.Column;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a stage's training leaves behind for people and machines: a line of metrics for every step
 * and validation, and every few steps the loss curve, Prometheus metrics and pictures with their
 * captions. On the engine thread.
 */
final class RunRecord implements TrainingListener {
  static final String LOG = "metrics.jsonl";
  static final String CURVE = "loss.png";

  private static final String VALIDATION = "validation_loss";
  private static final int PICTURES = 8;
  private static final int ACROSS = 4;

  private final Path folder;
  private final String labels;
  private final int every;
  private final @Nullable ProgressPictures pictures;
  private final LossCurve curve;
  private @Nullable Validation validation;
  private @Nullable Report first;
  private @Nullable Report latest;

  /**
   * A record.
   *
   * @param name of the cascade and the stage
   * @param every steps between two looks; 0 for none
   * @param pictures absent for a stage that draws nothing
   */
  RunRecord(Path folder, Name name, int every, int steps, @Nullable ProgressPictures pictures) {
    this.folder = folder;
    this.labels = "cascade=\"%s\",stage=\"%s\"".formatted(name.cascade(), name.stage());
    this.every = every;
    this.pictures = pictures;
    this.curve = new LossCurve(steps);
  }

  /** Whose training it is. */
  record Name(String cascade, String stage) {}

  /**
   * Keeps what earlier sessions logged of the steps before {@code step}, and forgets the others,
   * which are taken again.
   */
  private void takeOver(long step) throws IOException {
    Path log = folder.resolve(LOG);
    if (!Files.isRegularFile(log)) {
      return;
    }
    try (BufferedReader lines = Files.newBufferedReader(log)) {
      AtomicFiles.write(
          log,
          out -> {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
              if (recalled(line, step)) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
              }
            }
          });
    }
  }

  private boolean recalled(String line, long before) {
    JsonNode entry;
    try {
      entry = WireJson.read(line, ObjectNode.class);
    } catch (MalformedJsonException e) {
      // a line that was cut off when the process was killed
      return false;
    }
    long step = entry.path("step").asLong();
    if (step < 1 || step >= before) {
      return false;
    }
    if (entry.has(VALIDATION)) {
      curve.add(new Validation(step, entry.path(VALIDATION).floatValue()));
    } else {
      curve.add(step, entry.path("loss").asDouble());
    }
    return true;
  }

  @Override
  public void stepped(Report report, Supplier<Map<String, HostTensor>> weights) {
    if (first == null) {
      first = report;
      begin(report.step());
    }
    latest = report;
    log(WireJson.write(report));
    curve.add(report.step(), report.loss());
    if (every > 0 && (report.step() % every == 0 || report.step() == report.steps())) {
      look(report, weights.get());
    }
  }

  @Override
  public void validated(
      Validation judged, boolean best, Supplier<Map<String, HostTensor>> weights) {
    validation = judged;
    curve.add(judged);
    ObjectNode line = WireJson.object().put("step", judged.step()).put(VALIDATION, judged.loss());
    if (judged.psnr() != null) {
      line.put("psnr", judged.psnr());
    }
    log(WireJson.write(line));
  }

  /** A run that starts from nothing starts a log of its own. */
  private void begin(long step) {
    try {
      if (step == 1) {
        Files.deleteIfExists(folder.resolve(LOG));
      } else {
        takeOver(step);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The last validation comes after the last step. */
  @Override
  public void saved(long step, Supplier<Map<String, HostTensor>> weights) {
    if (latest != null && every > 0) {
      sumUp(latest);
    }
  }

  private void look(Report report, Map<String, HostTensor> weights) {
    sumUp(report);
    if (pictures == null) {
      return;
    }
    try {
      String file = "samples-%07d.png".formatted(report.step());
      AtomicFiles.write(folder.resolve(file), sheet(report, pictures, weights));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void sumUp(Report report) {
    TrainingMetrics.write(folder, labels, report, rate(report), validation);
    try {
      AtomicFiles.write(folder.resolve(CURVE), curve(report));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Pictures a second since the session began; 0 in its first step. */
  private double rate(Report report) {
    if (first == null || report.step() == first.step()) {
      return 0;
    }
    return (report.step() - first.step())
        * report.batch()
        / Math.max(1e-9, report.seconds() - first.seconds());
  }

  private static byte[] sheet(
      Report report, ProgressPictures pictures, Map<String, HostTensor> weights)
      throws IOException {
    List<Column> columns = new ArrayList<>();
    for (Drawn each : pictures.draw(weights, PICTURES)) {
      columns.add(
          new Column(each.caption(), List.of(image(each.drawn()), image(each.truth())), ""));
    }
    String title =
        String.format(
            Locale.ROOT,
            "step %d of %d, loss %.4f; above: drawn, below: the data's",
            report.step(),
            report.steps(),
            report.loss());
    return ContactSheet.of(title, columns, ACROSS, 2).png();
  }

  private static BufferedImage image(HostTensor picture) {
    return RgbImage.of(picture.data(), (int) picture.shape()[1]);
  }

  private byte[] curve(Report report) throws IOException {
    double[] range = curve.range();
    String scale =
        range.length == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "steps 0 to %d, loss %.3g to %.3g, lines at 1, 2 and 5 times powers of ten;"
                    + " blue: training, orange: validation",
                report.steps(),
                range[0],
                range[1]);
    String title = String.format(Locale.ROOT, "step %d, loss %.4f", report.step(), report.loss());
    Column column = new Column(scale, List.of(curve.image()), "");
    return ContactSheet.of(title, List.of(column), 1, 1).png();
  }

  private void log(String line) {
    try {
      Files.writeString(
          folder.resolve(LOG),
          line + "\n",
          StandardCharsets.UTF_8,
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
