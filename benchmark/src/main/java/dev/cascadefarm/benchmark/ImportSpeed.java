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
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * An import of a pipeline that diffusers saved, in turns with reading its files: how many times as
 * long it takes, and how much memory of its own it needs (the mapped files are not counted; Linux
 * only). Also says how much of the pipeline its largest part is, which is what a worker must hold.
 *
 * <p>The files lie in the system's cache, as after a download; with {@code cold} at the end they
 * are taken out of it before each turn of either side, so that both read the disk (Linux only).
 *
 * <pre>java -Xmx256m -XX:+UseSerialGC -Dai.djl.offline=true \
 *   -cp 'benchmark/target/classes:standalone/target/lib/*' \
 *   dev.cascadefarm.benchmark.ImportSpeed FOLDER 5 [cold]</pre>
 */
public final class ImportSpeed {
  private static final String NAME = "imported";

  private ImportSpeed() {}

  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    int rounds = Integer.parseInt(arguments[1]);
    Consumer<Path> before =
        List.of(arguments).contains("cold") ? ImportSpeed::forget : nothing -> {};
    System.out.println(Machine.line());
    try (Exchange exchange = Exchange.open();
        PeakMemory memory = PeakMemory.watch()) {
      Turns turns =
          Turns.take(
              1,
              rounds,
              () -> millis(folder, before, ImportSpeed::install),
              () -> millis(folder, before, ImportSpeed::read));
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
    try {
      for (Path file : files(folder)) {
        try (InputStream in = Files.newInputStream(file)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList();
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

  /** Takes a folder's files out of the system's cache. */
  private static void forget(Path folder) {
    try {
      for (Path file : files(folder)) {
        int code =
            new ProcessBuilder(
                    "dd", "of=" + file, "oflag=nocache", "conv=notrunc,fdatasync", "count=0")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        if (code != 0) {
          throw new IllegalStateException("dd: exit " + code + " (expected: 0), file " + file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double millis(Path folder, Consumer<Path> before, Consumer<Path> work) {
    before.accept(folder);
    long start = System.nanoTime();
    work.accept(folder);
    return (System.nanoTime() - start) / 1e6;
  }
}
