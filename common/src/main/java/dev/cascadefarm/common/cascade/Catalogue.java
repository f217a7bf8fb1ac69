package dev.cascadefarm.common.cascade;

import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The cascades and bundles of one folder, read once and checked whole: {@code
 * bundles/NAME/VERSION/stage.json} with its files beside it, and {@code cascades/NAME.yaml}.
 * Immutable, thread-safe.
 */
public final class Catalogue {
  private final Map<String, Cascade> cascades;
  private final Map<BundleId, InstalledBundle> bundles;
  private final Map<BundleId, StageSettings> settings;

  private Catalogue(
      Map<String, Cascade> cascades,
      Map<BundleId, InstalledBundle> bundles,
      Map<BundleId, StageSettings> settings) {
    this.cascades = cascades;
    this.bundles = bundles;
    this.settings = settings;
  }

  /**
   * Reads a catalogue; blocks. Weights are not read: see {@link InstalledBundle#verifyFiles}.
   *
   * @throws InvalidCatalogueException naming the file and the fault
   */
  public static Catalogue read(Path folder) {
    CatalogueReader reader = new CatalogueReader(folder);
    return of(reader.bundles(), reader.cascades());
  }

  /**
   * A catalogue of what is given.
   *
   * @throws InvalidCatalogueException if a cascade and its bundles do not fit
   */
  public static Catalogue of(Collection<InstalledBundle> installed, Collection<Cascade> cascades) {
    Map<BundleId, InstalledBundle> bundles = new LinkedHashMap<>();
    Map<BundleId, StageSettings> settings = new LinkedHashMap<>();
    installed.stream()
        .sorted(Comparator.comparing(bundle -> bundle.id().toString()))
        .forEach(bundle -> bundles.put(bundle.id(), bundle));
    bundles.forEach((id, bundle) -> settings.put(id, StageSettings.of(bundle.bundle())));
    Map<String, Cascade> named = new TreeMap<>();
    for (Cascade cascade : cascades) {
      new CascadeWiring(cascade, bundles).check();
      named.put(cascade.name(), cascade);
    }
    return new Catalogue(named, bundles, settings);
  }

  /** All cascades by name. */
  public List<Cascade> cascades() {
    return List.copyOf(cascades.values());
  }

  /** The cascade of that {@code name} or {@code name@version}. */
  public Optional<Cascade> cascade(String name) {
    return cascades.values().stream()
        .filter(each -> each.name().equals(name) || each.id().equals(name))
        .findFirst();
  }

  /** All bundles. */
  public List<InstalledBundle> bundles() {
    return List.copyOf(bundles.values());
  }

  /**
   * The bundle of that id.
   *
   * @throws InvalidCatalogueException if there is none
   */
  public InstalledBundle bundle(BundleId id) {
    return known(bundles, id);
  }

  /**
   * The settings that a bundle takes.
   *
   * @throws InvalidCatalogueException if there is no such bundle
   */
  public StageSettings settings(BundleId id) {
    return known(settings, id);
  }

  private static <T> T known(Map<BundleId, T> map, BundleId id) {
    T value = map.get(id);
    if (value == null) {
      throw new InvalidCatalogueException(
          "bundle: " + id + " is not installed (expected: one of " + map.keySet() + ")");
    }
    return value;
  }
}
