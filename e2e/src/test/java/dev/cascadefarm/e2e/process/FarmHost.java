package dev.cascadefarm.e2e.process;

import dev.cascadefarm.standalone.cli.Farm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The machine of one test: a folder, an environment, and the processes started in it, the last one
 * stopped first. An orphan that a killed process left in the folder is ended too.
 */
public final class FarmHost implements AutoCloseable {
  private final Path folder;
  private final Map<String, String> environment = new HashMap<>();
  private final Deque<FarmProcess> processes = new ArrayDeque<>();

  private FarmHost(Path folder) {
    this.folder = folder;
  }

  /** A host on an empty folder, with a catalogue that holds the cascade {@code tiny}. */
  public static FarmHost on(Path folder) {
    FarmHost host = new FarmHost(folder);
    host.set("FARM_CATALOGUE", TinyCatalogue.folder().toString());
    host.set("FARM_CLUSTER_NAME", "e2e-" + ProcessHandle.current().pid());
    host.set("FARM_CLUSTER_PORT", Integer.toString(freePort()));
    host.set("FARM_API_TOKEN", "e2e-administrator-token");
    // Several engines share these cores: threads that wait for each other would wait for a core.
    host.set("FARM_ENGINE_THREADS", "1");
    return host;
  }

  /** Sets a variable for the processes started from now on. */
  public FarmHost set(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Every variable that the processes of this host get. */
  public Map<String, String> environment() {
    return Map.copyOf(environment);
  }

  public String get(String variable) {
    return environment.get(variable);
  }

  public Path folder() {
    return folder;
  }

  /** Starts {@code farm} with these arguments; its name is for its logs. */
  public FarmProcess farm(String name, String... arguments) {
    return farm(name, Map.of(), Arrays.asList(arguments));
  }

  /** Starts {@code farm} with more variables, which win. */
  public FarmProcess farm(String name, Map<String, String> more, List<String> arguments) {
    return run(name, FarmCommand.java(Farm.class), more, arguments);
  }

  /** Starts a program that is not {@code farm} with the variables of this host. */
  public FarmProcess run(
      String name, List<String> program, Map<String, String> more, List<String> arguments) {
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(more);
    String unique = name + "-" + processes.size();
    FarmProcess process =
        FarmProcess.start(new FarmCommand(unique, folder, all, program, arguments), logs());
    processes.push(process);
    return process;
  }

  /** Takes over the {@code export NAME='VALUE'} lines that {@code farm services} prints. */
  public void export(FarmProcess services) {
    services
        .out()
        .lines()
        .filter(line -> line.startsWith("export "))
        .map(line -> line.substring("export ".length()).split("=", 2))
        .forEach(pair -> set(pair[0], pair[1].replaceAll("^'|'$", "")));
  }

  /** A port of the loopback interface that nobody listens on now. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The end of what every process said. */
  public String describe() {
    List<String> all = new ArrayList<>();
    processes.forEach(process -> all.add(process.describe()));
    return String.join("\n====\n", all);
  }

  private Path logs() {
    try {
      return Files.createDirectories(folder.resolve("logs"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    processes.forEach(FarmProcess::close);
    Redises.of(folder).forEach(ProcessHandle::destroyForcibly);
  }
}
