package dev.cascadefarm.benchmark;

import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.standalone.diffusers.PipelineImport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * An import of a pipeline that diffusers saved, in turns with reading its files: how many times as
 * long it takes, and how much memory of its own it needs (the mapped files are not counted; Linux
 * only). Also says how much of the pipeline its largest part is, which is what a worker must hold.
 *
 * <pre>java -Xmx256m -XX:+UseSerialGC -Dai.djl.offline=true \
 *   -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.ImportSpeed FOLDER 5</pre>
 */
public final class ImportSpeed {
  private static final String NAME = "imported";

  private ImportSpeed() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    System.out.println(Machine.line());
    try (Exchange exchange = Exchange.open();
        PeakMemory memory = PeakMemory.watch()) {
      Turns turns =
          Turns.take(
              1, rounds, () -> millis(() -> install(folder)), () -> millis(() -> read(folder)));
      System.out.printf(
          Locale.ROOT,
          "import %.0f ms, reading the files %.0f ms, import ÷ reading %s; own memory grew by %d MiB%n",
          turns.here().median(),
          turns.there().median(),
          turns.here().over(turns.there()).summary(),
          memory.growthKiB() / 1024);
      System.out.println(largestPart(exchange.folder(), folder));
    }
  }

  private static void install(Path folder) {
    try (Exchange catalogue = Exchange.open()) {
      install(folder, catalogue.folder());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void install(Path folder, Path catalogue) throws IOException {
    PipelineImport.open(folder, Optional.empty(), NAME).install(catalogue, line -> {});
  }

  private static void read(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        try (InputStream in = Files.newInputStream(file)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String largestPart(Path catalogue, Path folder) throws IOException {
    install(folder, catalogue);
    List<InstalledBundle> bundles = Catalogue.read(catalogue).bundles();
    long all = 0;
    long largest = 0;
    for (InstalledBundle each : bundles) {
      long bytes = bytes(each.folder());
      all += bytes;
      largest = Math.max(largest, bytes);
    }
    return String.format(
        Locale.ROOT,
        "%d bundles, %d MiB; the largest is %.2f of them all",
        bundles.size(),
        all >> 20,
        (double) largest / all);
  }

  private static long bytes(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static double millis(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }
}
