package dev.cascadefarm.diffusion.data;

import dev.cascadefarm.diffusion.data.CaptionLines.Line;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Pictures in a folder whose {@code captions.jsonl} names a file and its caption in each line. A
 * picture is cut to its middle square and resized. Every file is decoded once when the folder is
 * opened, so that no fault shows later.
 */
public final class FolderPictures implements CaptionedPictures {
  private final List<Line> lines;
  private final DataReport report;
  private final SquarePicture square = new SquarePicture();

  private FolderPictures(List<Line> lines, DataReport report) {
    this.lines = lines;
    this.report = report;
  }

  /**
   * Reads and checks a folder.
   *
   * @throws DataException naming file and line of what cannot be used, or if nothing can
   */
  public static FolderPictures open(Path folder, Rules rules) {
    Path file = folder.resolve(CaptionLines.FILE);
    if (!Files.isRegularFile(file)) {
      throw new DataException(
          file + ": missing (expected: a line {\"file\": …, \"caption\": …} for each picture)");
    }
    Skipped skipped = new Skipped(rules);
    Map<Path, Check> checks = new LinkedHashMap<>();
    List<Line> usable = new ArrayList<>();
    for (Line each : CaptionLines.read(folder, skipped)) {
      Check check = checks.computeIfAbsent(each.file(), path -> check(path, rules));
      if (check.fault() == null) {
        usable.add(each);
      } else {
        skipped.add(check.fault(), each.where(), each.file() + ": " + check.words());
      }
    }
    DataReport report = skipped.report(usable.size());
    if (usable.isEmpty()) {
      String first = report.examples().stream().findFirst().map(each -> "; " + each).orElse("");
      throw new DataException(file + ": " + report.summary() + " (expected: at least one)" + first);
    }
    return new FolderPictures(List.copyOf(usable), report);
  }

  private record Check(@Nullable Fault fault, String words) {}

  private static Check check(Path file, Rules rules) {
    if (!Files.isRegularFile(file)) {
      return new Check(Fault.MISSING_PICTURE, "missing (expected: a picture)");
    }
    try {
      long[] shape = PictureFile.read(file).shape();
      return Math.min(shape[1], shape[2]) >= rules.leastSide()
          ? new Check(null, "")
          : new Check(
              Fault.SMALL_PICTURE,
              "%d×%d pixels (expected: at least %d each)"
                  .formatted(shape[2], shape[1], rules.leastSide()));
    } catch (IOException e) {
      return new Check(Fault.UNREADABLE_PICTURE, String.valueOf(e.getMessage()));
    }
  }

  /** What was found when the folder was opened. */
  public DataReport report() {
    return report;
  }

  @Override
  public long count() {
    return lines.size();
  }

  @Override
  public String caption(long index) {
    return lines.get((int) index).caption();
  }

  @Override
  public HostTensor picture(long index, int side) {
    Line line = lines.get((int) index);
    try {
      return square.fit(PictureFile.read(line.file()), side);
    } catch (IOException e) {
      throw new DataException(
          "%s: %s: %s, though it was sound when the training began"
              .formatted(line.where(), line.file(), e.getMessage()),
          e);
    }
  }
}
