package dev.cascadefarm.e2e.process;

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
 * @param program the words before the arguments
 * @param arguments after {@code farm}, or after whatever else is run
 */
public record FarmCommand(
    String name,
    Path directory,
    Map<String, String> environment,
    List<String> program,
    List<String> arguments) {
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
    program = List.copyOf(program);
    arguments = List.copyOf(arguments);
  }

  /** A program of this machine's Java, with the class path of the tests. */
  public static List<String> java(Class<?> main) {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(JVM);
    words.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    return words;
  }

  /** The whole command line. */
  List<String> line() {
    List<String> line = new ArrayList<>(program);
    line.addAll(arguments);
    return line;
  }
}
