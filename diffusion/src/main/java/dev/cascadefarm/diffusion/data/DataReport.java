package dev.cascadefarm.diffusion.data;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was found in a data set.
 *
 * @param usable examples that are learned from
 * @param skipped examples that are not, by fault
 * @param examples messages of the first few of those
 */
public record DataReport(long usable, Map<Fault, Integer> skipped, List<String> examples) {
  public DataReport {
    skipped = Map.copyOf(skipped);
    examples = List.copyOf(examples);
  }

  /** A report on data without faults. */
  public static DataReport sound(long usable) {
    return new DataReport(usable, Map.of(), List.of());
  }

  /** How many examples are left out. */
  public int skippedCount() {
    return skipped.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** One line for people. */
  public String summary() {
    String used = usable == CaptionedPictures.ENDLESS ? "endless" : Long.toString(usable);
    return skipped.isEmpty()
        ? used + " examples"
        : skipped.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(each -> each.getKey().words() + ": " + each.getValue())
            .collect(Collectors.joining(", ", used + " examples, skipped: ", ""));
  }
}
