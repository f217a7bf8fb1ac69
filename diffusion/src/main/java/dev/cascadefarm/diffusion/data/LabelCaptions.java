package dev.cascadefarm.diffusion.data;

import static dev.cascadefarm.diffusion.check.Check.require;

import java.util.List;

/**
 * Captions made of labels: each example takes one of the templates, by its index.
 *
 * @param names of the labels, from 0
 * @param templates each with {@code {label}} in it
 */
public record LabelCaptions(List<String> names, List<String> templates) {
  /** What a template says where the label's name belongs. */
  public static final String LABEL = "{label}";

  private static final List<String> DIGITS =
      List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");
  private static final List<String> FASHION =
      List.of(
          "t-shirt",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle boot");

  public LabelCaptions {
    names = List.copyOf(names);
    templates = List.copyOf(templates);
    require(!names.isEmpty() && names.size() <= 256, "names", names, "1 to 256");
    require(names.stream().noneMatch(String::isBlank), "names", names, "words");
    require(!templates.isEmpty(), "templates", templates, "at least one");
    for (String each : templates) {
      require(each.contains(LABEL), "template", each, "with " + LABEL);
    }
  }

  /** The names of a well-known data set: {@code mnist} or {@code fashion-mnist}. */
  public static List<String> namesOf(String set) {
    return switch (set) {
      case "mnist" -> DIGITS;
      case "fashion-mnist" -> FASHION;
      default ->
          throw new IllegalArgumentException(
              "names: " + set + " (expected: mnist, fashion-mnist or a list)");
    };
  }

  String caption(int label, long index) {
    int choice = (int) Math.floorMod(EpochOrder.mixed(index), (long) templates.size());
    return templates.get(choice).replace(LABEL, names.get(label));
  }
}
