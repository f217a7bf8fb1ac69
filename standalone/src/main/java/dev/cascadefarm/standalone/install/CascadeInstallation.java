package dev.cascadefarm.standalone.install;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.BundleWriter;
import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.common.cascade.CascadeStage;
import dev.cascadefarm.common.cascade.CascadeWriter;
import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InvalidCatalogueException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A cascade on its way into a catalogue: made in a hidden folder beside the others, checked, and
 * moved into its place once all of it is there. Not thread-safe.
 */
public final class CascadeInstallation implements AutoCloseable {
  private static final String HIDDEN = ".install-";

  private final Path catalogue;
  private final Cascade cascade;
  private final Path staging;

  private CascadeInstallation(Path catalogue, Cascade cascade, Path staging) {
    this.catalogue = catalogue;
    this.cascade = cascade;
    this.staging = staging;
  }

  /**
   * Makes room for a cascade and bundles for all its stages.
   *
   * @throws InvalidCatalogueException if the cascade, or one of the bundles, is there already
   */
  public static CascadeInstallation begin(Path catalogue, Cascade cascade) throws IOException {
    requireNew(CascadeWriter.file(catalogue, cascade.name()), "a cascade's new name");
    for (CascadeStage each : cascade.stages()) {
      requireNew(BundleWriter.folder(catalogue, each.bundle()), "a new name or version");
    }
    Files.createDirectories(catalogue);
    Path staging = Files.createTempDirectory(catalogue, HIDDEN);
    return new CascadeInstallation(catalogue, cascade, staging);
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

  /**
   * Moves everything into its place, or nothing.
   *
   * @throws InvalidCatalogueException if the bundles do not fit the cascade
   */
  public void finish() throws IOException {
    CascadeWriter.write(staging, cascade);
    Catalogue.read(staging);
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

  /** What is moved, the cascade last: with it, all the rest counts. */
  private List<Path> parts() {
    return Stream.concat(
            cascade.stages().stream().map(each -> folder(each.bundle())).distinct(),
            Stream.of(CascadeWriter.file(staging, cascade.name())))
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
