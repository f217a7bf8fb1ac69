package dev.cascadefarm.standalone.install;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.CascadeWriter;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.InvalidCatalogueException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Cascades on their way into a catalogue: made in a hidden folder beside the others, checked, and
 * moved into their place once all of them are there. Not thread-safe.
 */
public final class CascadeInstallation implements AutoCloseable {
  private static final String HIDDEN = ".install-";

  private final Path catalogue;
  private final List<Cascade> cascades;
  private final List<BundleId> bundles;
  private final Path staging;

  private CascadeInstallation(
      Path catalogue, List<Cascade> cascades, List<BundleId> bundles, Path staging) {
    this.catalogue = catalogue;
    this.cascades = cascades;
    this.bundles = bundles;
    this.staging = staging;
  }

  /**
   * Makes room for a cascade and bundles for all its stages.
   *
   * @throws InvalidCatalogueException if the cascade, or one of the bundles, is there already
   */
  public static CascadeInstallation begin(Path catalogue, Cascade cascade) throws IOException {
    return begin(catalogue, List.of(cascade));
  }

  /**
   * Makes room for cascades, which may share bundles, and for those.
   *
   * @throws InvalidCatalogueException if a cascade, or one of the bundles, is there already
   */
  public static CascadeInstallation begin(Path catalogue, List<Cascade> cascades)
      throws IOException {
    return begin(catalogue, cascades, bundles(cascades));
  }

  /**
   * Makes room for cascades and for these bundles; others that the cascades name are there already.
   *
   * @throws InvalidCatalogueException if a cascade, or one of the bundles, is there already
   */
  public static CascadeInstallation begin(
      Path catalogue, List<Cascade> cascades, List<BundleId> bundles) throws IOException {
    for (Cascade each : cascades) {
      requireNew(CascadeWriter.file(catalogue, each.name()), "a cascade's new name");
    }
    for (BundleId each : bundles) {
      requireNew(BundleWriter.folder(catalogue, each), "a new name or version");
    }
    Files.createDirectories(catalogue);
    Path staging = Files.createTempDirectory(catalogue, HIDDEN);
    return new CascadeInstallation(catalogue, List.copyOf(cascades), List.copyOf(bundles), staging);
  }

  private static List<BundleId> bundles(List<Cascade> cascades) {
    return cascades.stream()
        .flatMap(each -> each.stages().stream())
        .map(CascadeStage::bundle)
        .distinct()
        .toList();
  }

  private static void requireNew(Path path, String expected) {
    if (Files.exists(path)) {
      throw new InvalidCatalogueException(path + ": exists (expected: " + expected + ")");
    }
  }

  /** Where to write a bundle. */
  public Path folder(BundleId id) {
    return BundleWriter.folder(staging, id);
  }

  /** A bundle on its way into its folder. */
  public BundleDraft draft(BundleId id, Origin origin) {
    return new BundleDraft(folder(id), id, origin);
  }

  /**
   * Moves everything into its place, or nothing.
   *
   * @throws InvalidCatalogueException if the bundles do not fit the cascades
   */
  public void finish() throws IOException {
    for (Path each : List.of(staging, catalogue)) {
      // of a catalogue without cascades, the folder is there all the same
      Files.createDirectories(CascadeWriter.file(each, "any").getParent());
    }
    List<InstalledBundle> known = new ArrayList<>(Catalogue.read(staging).bundles());
    if (!bundles.containsAll(bundles(cascades))) {
      known.addAll(Catalogue.read(catalogue).bundles());
    }
    Catalogue.of(known, cascades);
    cascades.forEach(each -> CascadeWriter.write(staging, each));
    try (Stream<Path> files = Files.walk(staging)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        force(each);
      }
    }
    Map<Path, Path> moved = new LinkedHashMap<>();
    try {
      for (Path each : parts()) {
        Path place = catalogue.resolve(staging.relativize(each));
        Files.createDirectories(place.getParent());
        moved.put(Files.move(each, place), each);
      }
    } catch (IOException e) {
      takeBack(moved, e);
      throw e;
    }
  }

  /** What is moved, the cascades last: with them, all the rest counts. */
  private List<Path> parts() {
    return Stream.concat(
            bundles.stream().map(this::folder),
            cascades.stream().map(each -> CascadeWriter.file(staging, each.name())))
        .toList();
  }

  private static void takeBack(Map<Path, Path> moved, IOException cause) {
    moved.forEach(
        (place, from) -> {
          try {
            Files.move(place, from);
          } catch (IOException e) {
            cause.addSuppressed(e);
          }
        });
  }

  private static void force(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
  }

  /** Removes what was not moved. */
  @Override
  public void close() throws IOException {
    List<Path> left;
    try (Stream<Path> all = Files.walk(staging)) {
      left = all.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path each : left) {
      Files.deleteIfExists(each);
    }
  }
}
