package dev.cascadefarm.common.cascade;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Checks that a cascade's stages have bundles, and that what each takes is there and fits. */
final class CascadeWiring {
  private static final String TENSORS = "tensors";
  private static final Pattern SIZE = Pattern.compile("[0-9]+");

  /** What a request offers. */
  private static final Map<String, TensorSpec> REQUEST_FIELDS =
      Arrays.stream(RequestField.values())
          .collect(Collectors.toUnmodifiableMap(RequestField::word, RequestField::spec));

  private final Cascade cascade;
  private final Map<BundleId, InstalledBundle> bundles;
  private final Map<String, StageBundle> earlier = new HashMap<>();

  CascadeWiring(Cascade cascade, Map<BundleId, InstalledBundle> bundles) {
    this.cascade = cascade;
    this.bundles = bundles;
  }

  void check() {
    for (CascadeStage stage : cascade.stages()) {
      require(!earlier.containsKey(stage.name()), stage.name(), "twice", "each stage once");
      InstalledBundle installed = bundles.get(stage.bundle());
      if (installed == null) {
        throw fault(stage.name() + ".bundle", stage.bundle(), "one of " + bundles.keySet());
      }
      checkInputs(stage, installed.bundle());
      earlier.put(stage.name(), installed.bundle());
    }
    checkLast(bundles.get(cascade.last().bundle()).bundle());
  }

  private void checkInputs(CascadeStage stage, StageBundle bundle) {
    for (Map.Entry<String, TensorSpec> input : bundle.inputs().entrySet()) {
      boolean given = stage.inputs().containsKey(input.getKey()) || input.getValue().optional();
      require(given, stage.name() + ".inputs." + input.getKey(), "missing", "STAGE.OUTPUT");
    }
    for (Map.Entry<String, String> input : stage.inputs().entrySet()) {
      String place = stage.name() + ".inputs." + input.getKey();
      TensorSpec taken = bundle.inputs().get(input.getKey());
      if (taken == null) {
        throw fault(place, "unknown", oneOf(bundle.inputs().keySet()));
      }
      checkSource(place, input.getValue(), taken, bundle);
    }
  }

  private void checkSource(String place, String source, TensorSpec taken, StageBundle taker) {
    int dot = source.indexOf('.');
    require(dot > 0, place, source, "request.FIELD or STAGE.OUTPUT");
    String from = source.substring(0, dot);
    String name = source.substring(dot + 1);
    if (from.equals(RequestField.REQUEST)) {
      checkFits(place, source, offered(place, source, REQUEST_FIELDS, name), taken);
      return;
    }
    StageBundle giver = earlier.get(from);
    if (giver == null) {
      throw fault(place, source, oneOf(earlier.keySet()) + ", an earlier stage");
    }
    checkFits(place, source, offered(place, source, giver.outputs(), name), taken);
    require(
        taker.per() == StageBundle.Per.IMAGE || giver.per() == StageBundle.Per.JOB,
        place,
        source + " of each image",
        "an output of a stage that runs once for the job");
  }

  private TensorSpec offered(
      String place, String source, Map<String, TensorSpec> outputs, String name) {
    @Nullable TensorSpec spec = outputs.get(name);
    if (spec == null) {
      throw fault(place, source, oneOf(outputs.keySet()));
    }
    return spec;
  }

  private void checkFits(String place, String source, TensorSpec given, TensorSpec taken) {
    require(
        given.media().equals(taken.media()), place, source + " is " + given.media(), taken.media());
    boolean sameType =
        given.dtype().isEmpty() || taken.dtype().isEmpty() || given.dtype().equals(taken.dtype());
    require(sameType, place, source + " is " + given.dtype(), taken.dtype());
    require(
        taken.optional() || !given.optional(),
        place,
        source + " may be absent",
        "a source that is always there");
    require(
        !given.media().equals(TENSORS) || alike(given.shape(), taken.shape()),
        place,
        source + " is " + String.join(" × ", given.shape()),
        String.join(" × ", taken.shape()));
  }

  /** Whether all sizes that both know are the same; one that is a letter may be any. */
  private static boolean alike(List<String> given, List<String> taken) {
    if (given.isEmpty() || taken.isEmpty()) {
      return true;
    }
    return given.size() == taken.size()
        && IntStream.range(0, given.size())
            .allMatch(
                i ->
                    given.get(i).equals(taken.get(i))
                        || !SIZE.matcher(given.get(i)).matches()
                        || !SIZE.matcher(taken.get(i)).matches());
  }

  private void checkLast(StageBundle last) {
    boolean draws =
        last.per() == StageBundle.Per.IMAGE
            && last.outputs().values().stream().anyMatch(spec -> spec.media().equals("image"));
    require(draws, cascade.last().name(), last.id(), "a last stage that draws each image");
  }

  private void require(boolean holds, String place, Object found, String expected) {
    if (!holds) {
      throw fault(place, found, expected);
    }
  }

  private InvalidCatalogueException fault(String place, Object found, String expected) {
    return new InvalidCatalogueException(
        "cascade "
            + cascade.name()
            + ": "
            + place
            + ": "
            + found
            + " (expected: "
            + expected
            + ")");
  }

  private static String oneOf(Collection<String> names) {
    return "one of " + String.join(", ", new TreeSet<>(names));
  }
}
