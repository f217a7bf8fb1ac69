package dev.cascadefarm.diffusion.scenes;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * Verdicts on many pictures, summed up.
 *
 * @param exactOne exact pictures among captions of one object
 * @param exactTwo exact pictures among captions of two objects
 * @param eachTexture objects with the right texture, among those where it could be judged
 * @param texture pictures with every texture right, among those where one could be judged
 * @param colour pictures with every colour right; shape, size, place, count, background likewise
 * @param score mean score, in [0, 1]; NaN without pictures
 */
public record OracleReport(
    Proportion exactOne,
    Proportion exactTwo,
    Proportion eachTexture,
    Proportion texture,
    Proportion colour,
    Proportion shape,
    Proportion size,
    Proportion place,
    Proportion count,
    Proportion background,
    double score) {

  /** Sums up verdicts. */
  public static OracleReport of(List<Verdict> verdicts) {
    List<Verdict> one = verdicts.stream().filter(v -> v.objects().size() == 1).toList();
    List<Verdict> two = verdicts.stream().filter(v -> v.objects().size() == 2).toList();
    List<Boolean> objects =
        verdicts.stream()
            .flatMap(verdict -> verdict.objects().stream())
            .map(Verdict.ObjectVerdict::texture)
            .filter(Objects::nonNull)
            .toList();
    List<Boolean> textures =
        verdicts.stream().map(Verdict::texture).filter(Objects::nonNull).toList();
    return new OracleReport(
        share(one, Verdict::exact),
        share(two, Verdict::exact),
        share(objects, right -> right),
        share(textures, right -> right),
        share(verdicts, Verdict::colour),
        share(verdicts, Verdict::shape),
        share(verdicts, Verdict::size),
        share(verdicts, Verdict::place),
        share(verdicts, Verdict::count),
        share(verdicts, Verdict::background),
        verdicts.stream().mapToDouble(Verdict::score).average().orElse(Double.NaN));
  }

  /** Exact pictures among all captions. */
  public Proportion exact() {
    return new Proportion(
        exactOne.successes() + exactTwo.successes(), exactOne.trials() + exactTwo.trials());
  }

  /** The report as lines of text: figure, share, 95 % interval, counts. */
  public String table() {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%-20s %6s  %-15s %s%n", "", "share", "95 %", "of"));
    line(text, "exact, one object", exactOne);
    line(text, "exact, two objects", exactTwo);
    line(text, "exact, all", exact());
    line(text, "texture, each object", eachTexture);
    line(text, "texture, all objects", texture);
    line(text, "colour", colour);
    line(text, "shape", shape);
    line(text, "size", size);
    line(text, "place", place);
    line(text, "count", count);
    line(text, "background", background);
    text.append(String.format(Locale.ROOT, "%-20s %6.3f%n", "mean score", score));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, Proportion value) {
    text.append(String.format(Locale.ROOT, "%-20s %s%n", name, value));
  }

  private static <E> Proportion share(List<E> all, Predicate<E> right) {
    return new Proportion((int) all.stream().filter(right).count(), all.size());
  }
}
