package dev.cascadefarm.standalone.torchscript;

import dev.cascadefarm.diffusion.torchscript.TorchScriptException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process of its own in which a TorchScript file is tried out: whatever the program does to it,
 * the farm goes on, and says what became of it.
 *
 * @param file the program
 * @param description what is said of it
 * @param deadline after which it is ended
 */
record TrialProcess(Path file, Path description, Duration deadline) {
  private static final String ANSWERS = "answers.safetensors";
  private static final String FAULT = "fault.txt";
  private static final int REFUSED = 2;

  /** Properties of the engine, which both processes share. */
  private static final String ENGINE = "-Dai.djl";

  /**
   * Runs the trial.
   *
   * @param scratch folder for what the process writes
   * @return the recorded answers
   * @throws TorchScriptException if the program is refused, or ends the process, or does not end
   */
  Path run(Path scratch) throws IOException {
    Process process =
        new ProcessBuilder(command(scratch))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    int code = ended(process);
    if (code == REFUSED) {
      throw new TorchScriptException(Files.readString(scratch.resolve(FAULT)));
    }
    if (code != 0) {
      throw new TorchScriptException(
          "%s: ended the process that tried it, exit code %d (expected: a program that runs)"
              .formatted(file, code));
    }
    return scratch.resolve(ANSWERS);
  }

  private int ended(Process process) throws IOException {
    try {
      if (process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        return process.exitValue();
      }
      throw new TorchScriptException(
          "%s: still running after %d s (expected: a program that ends)"
              .formatted(file, deadline.toSeconds()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a file was tried out", e);
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> command(Path scratch) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(each -> each.startsWith(ENGINE))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:-CreateCoredumpOnCrash",
            "-XX:ErrorFile=" + scratch.resolve("crash.log"),
            "-cp",
            System.getProperty("java.class.path"),
            TrialProcess.class.getName(),
            file.toString(),
            description.toString(),
            scratch.toString()));
    return command;
  }

  /** Tries a file out here: FILE, STAGE.json, and a folder for the answers or the fault. */
  public static void main(String[] arguments) throws IOException {
    Path scratch = Path.of(arguments[2]);
    try {
      TorchScriptImport.open(Path.of(arguments[0]), Path.of(arguments[1]), "trial")
          .tryOut(scratch.resolve(ANSWERS));
    } catch (TorchScriptException e) {
      byte[] fault = String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8);
      Files.write(scratch.resolve(FAULT), fault);
      System.exit(REFUSED);
    }
    System.exit(0);
  }
}
