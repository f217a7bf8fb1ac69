package dev.cascadefarm.common.cascade;

import java.util.List;
import java.util.Optional;

/**
 * A named, versioned list of stages, in an order in which each takes only from earlier ones.
 *
 * @param name {@code [a-z0-9-]{1,64}}
 * @param description one line for people
 */
public record Cascade(String name, int version, String description, List<CascadeStage> stages) {
  public Cascade {
    stages = List.copyOf(stages);
    if (!name.matches("[a-z0-9-]{1,64}")) {
      throw new InvalidCatalogueException(
          "cascade: " + name + " (expected: 1 to 64 of a-z, 0-9 and -)");
    }
    if (stages.isEmpty()) {
      throw new InvalidCatalogueException(
          "cascade " + name + ": no stages (expected: at least one)");
    }
  }

  /** {@code name@version}, as jobs pin it. */
  public String id() {
    return name + "@" + version;
  }

  /** The stage of that name. */
  public Optional<CascadeStage> stage(String stage) {
    return stages.stream().filter(each -> each.name().equals(stage)).findFirst();
  }

  /** The stage whose image is the job's result. */
  public CascadeStage last() {
    return stages.get(stages.size() - 1);
  }
}
