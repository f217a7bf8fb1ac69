package dev.cascadefarm.standalone.render;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Settings at several values each, and every combination of these.
 *
 * @param axes for each setting, itself at each of its values; in the order given
 */
public record Sweep(List<List<StageSetting>> axes) {
  /** Few enough to be looked at side by side. */
  public static final int MOST_JOBS = 64;

  /** Few enough for one sheet and for the farm's backlog. */
  public static final int MOST_PICTURES = 256;

  public Sweep {
    axes = List.copyOf(axes);
  }

  /**
   * The request for one combination.
   *
   * @param label the combination as a person writes it
   */
  public record Variant(String label, RenderRequest request) {}

  /**
   * Reads {@code STAGE.KEY=V1,V2,…}, once for each setting; each value is read as in {@link
   * StageSetting#parse}.
   *
   * @throws IllegalArgumentException if one has no values or an empty one, if a setting is there
   *     twice, or if there are too many combinations
   */
  public static Sweep parse(List<String> texts) {
    List<List<StageSetting>> axes = new ArrayList<>();
    Set<String> names = new HashSet<>();
    long jobs = 1;
    for (String text : texts) {
      List<StageSetting> axis = axis(text);
      axes.add(axis);
      if (!names.add(axis.get(0).name())) {
        throw refused(axis.get(0).name() + " twice", "all values of a setting in one sweep");
      }
      jobs *= axis.size();
      if (jobs > MOST_JOBS) {
        String sizes =
            axes.stream()
                .map(each -> Integer.toString(each.size()))
                .collect(Collectors.joining(" x "));
        throw refused(sizes + " values", "at most " + MOST_JOBS + " jobs");
      }
    }
    return new Sweep(axes);
  }

  private static List<StageSetting> axis(String text) {
    int equals = text.indexOf('=');
    if (equals < 0) {
      throw refused(text, "STAGE.KEY=VALUE,VALUE,…, for example sr64.aug=0.0,0.1,0.2");
    }
    String field = text.substring(0, equals + 1);
    List<String> values =
        Arrays.stream(text.substring(equals + 1).split(",", -1)).map(String::strip).toList();
    if (values.contains("")) {
      throw refused(text, "values between commas, none empty");
    }
    return values.stream().map(value -> StageSetting.parse(field + value)).toList();
  }

  /** Number of values of the last setting, which changes from one variant to the next. */
  public int lastSize() {
    return axes.get(axes.size() - 1).size();
  }

  /**
   * The requests, one per combination; the last setting changes fastest.
   *
   * @throws IllegalArgumentException if {@code request} has one of the settings already, or asks
   *     for more pictures in all than a sheet holds
   */
  public List<Variant> variants(RenderRequest request) {
    requireApart(request.settings());
    List<List<StageSetting>> combinations = combinations();
    long images = request.n() == null ? 1 : request.n();
    if (images > MOST_PICTURES / combinations.size()) {
      throw refused(
          combinations.size() + " jobs of " + images + " images",
          "at most " + MOST_PICTURES + " pictures in all");
    }
    return combinations.stream().map(each -> variant(request, each)).toList();
  }

  private void requireApart(List<StageSetting> fixed) {
    Set<String> swept = axes.stream().map(axis -> axis.get(0).name()).collect(Collectors.toSet());
    for (StageSetting set : fixed) {
      if (swept.contains(set.name())) {
        throw refused(set + " in --set", "each setting in --set or in --sweep, not in both");
      }
    }
  }

  private List<List<StageSetting>> combinations() {
    List<List<StageSetting>> combinations = List.of(List.of());
    for (List<StageSetting> axis : axes) {
      List<List<StageSetting>> longer = new ArrayList<>();
      for (List<StageSetting> combination : combinations) {
        for (StageSetting setting : axis) {
          List<StageSetting> more = new ArrayList<>(combination);
          more.add(setting);
          longer.add(more);
        }
      }
      combinations = longer;
    }
    return combinations;
  }

  private static Variant variant(RenderRequest request, List<StageSetting> combination) {
    String label =
        combination.stream().map(StageSetting::toString).collect(Collectors.joining(", "));
    return new Variant(label, request.and(combination));
  }

  private static IllegalArgumentException refused(String found, String expected) {
    return new IllegalArgumentException(found + " (expected: " + expected + ")");
  }
}
