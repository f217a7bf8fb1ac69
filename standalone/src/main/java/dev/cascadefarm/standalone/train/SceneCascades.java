package dev.cascadefarm.standalone.train;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;

/** The cascades that are trained on procedural scenes, by name. */
public final class SceneCascades {
  /** The cascade that ships with the farm. */
  public static final String DEFAULT = "scenes";

  private static final List<Family> FAMILIES =
      List.of(
          new Family(List.of(DEFAULT, "tiny"), StageTraining::new),
          new Family(List.of("scenes-unclip", "tiny-unclip"), UnclipTraining::new),
          new Family(List.of("scenes-latent", "tiny-latent"), LatentTraining::new));

  private SceneCascades() {}

  /** Cascades that are trained the same way. */
  private record Family(List<String> names, Opening opening) {}

  /** Prepares the training of the cascade of that name. */
  private interface Opening {
    CascadeTraining open(String cascade, Path work, Path catalogue);
  }

  /** Their names, for lists of what there is. */
  public static final class Names implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return names().iterator();
    }
  }

  private static List<String> names() {
    return FAMILIES.stream().flatMap(each -> each.names().stream()).toList();
  }

  /**
   * Prepares the training of a cascade's stages.
   *
   * @param work where checkpoints and metrics go
   * @param catalogue where finished bundles go
   * @throws IllegalArgumentException naming the cascades there are
   */
  public static CascadeTraining training(String cascade, Path work, Path catalogue) {
    for (Family each : FAMILIES) {
      if (each.names().contains(cascade)) {
        return each.opening().open(cascade, work, catalogue);
      }
    }
    throw new IllegalArgumentException(
        "cascade: %s (expected: %s)".formatted(cascade, String.join(", ", names())));
  }
}
