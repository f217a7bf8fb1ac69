package dev.cascadefarm.e2e.process;

import dev.cascadefarm.standalone.cli.Farm;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A command line to start.
 *
 * @param name of the process, for its log files and messages
 * @param directory the working directory
 * @param environment {@code FARM_*} variables; none is inherited
 * @param arguments after {@code farm}
 */
public record FarmCommand(
    String name, Path directory, Map<String, String> environment, List<String> arguments) {
  /* What the launcher passes, and a machine of seven: small heaps, a quick compiler. */
  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-Xshare:auto",
          "-Xmx256m",
          "-Dai.djl.offline=true",
          "-Dai.djl.pytorch.graph_optimizer=false");

  public FarmCommand {
    environment = Map.copyOf(environment);
    arguments = List.copyOf(arguments);
  }

  /** The whole command line: this machine's Java, the class path of the tests, the arguments. */
  List<String> line() {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(JVM);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Farm.class.getName()));
    line.addAll(arguments);
    return line;
  }
}
