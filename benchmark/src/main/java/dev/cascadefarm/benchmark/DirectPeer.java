package dev.cascadefarm.benchmark;

import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.JobRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Scanner;

/** The peer of {@link FarmOverhead}: renders a caption for each seed it reads, answers in ms. */
final class DirectPeer {
  private DirectPeer() {}

  public static void main(String[] arguments) {
    Catalogue catalogue = Catalogue.read(Path.of(arguments[0]));
    try (DirectCascade cascade = new DirectCascade(catalogue, arguments[1]);
        Scanner seeds = new Scanner(System.in, StandardCharsets.UTF_8)) {
      System.out.println("ready");
      while (seeds.hasNextLong()) {
        JobRequest request =
            new JobRequest(arguments[1], arguments[2], null, 1, seeds.nextLong(), Map.of());
        long start = System.nanoTime();
        cascade.render(request);
        System.out.println((System.nanoTime() - start) / 1e6);
      }
    }
  }
}
