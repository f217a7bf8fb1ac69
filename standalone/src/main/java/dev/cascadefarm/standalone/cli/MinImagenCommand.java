package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.diffusion.data.DataException;
import dev.cascadefarm.diffusion.minimagen.GeneratedImages;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectory;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectoryException;
import dev.cascadefarm.diffusion.t5.T5FilesException;
import dev.cascadefarm.standalone.minimagen.MinImagenInference;
import dev.cascadefarm.standalone.minimagen.MinImagenTraining;
import dev.cascadefarm.standalone.minimagen.TrainingArguments;
import dev.cascadefarm.standalone.progress.ProgressDisplay;
import dev.cascadefarm.standalone.progress.TrainingProgress;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code farm minimagen}: MinImagen's own scripts, with its flags and files. */
@Command(
    mixinStandardHelpOptions = true,
    name = "minimagen",
    description = "Train and sample as MinImagen's scripts do, with their flags and files.")
final class MinImagenCommand implements Runnable {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd_HHmmss", Locale.ROOT);

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  MinImagenCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "minimagen: no script given (expected: train, inference or main)");
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "train",
      description = "Train into training_TIMESTAMP; prints its path.")
  int train(@Mixin MinImagenFlags flags, @Mixin MinImagenSources sources) throws IOException {
    return usage(() -> train(flags.arguments(timestamp()), sources));
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "inference",
      description = "Draw captions into generated_images_TIMESTAMP; prints its path.")
  int inference(
      @Option(
              names = {"-c", "--CAPTIONS"},
              paramLabel = "TEXT",
              defaultValue = "a happy dog",
              description = "a caption, or a file ending in .txt with one in each line")
          String captions,
      @Option(
              names = {"-d", "--TRAINING_DIRECTORY"},
              paramLabel = "DIR",
              required = true,
              description = "what was trained")
          Path directory,
      @Option(
              names = "--t5-dir",
              paramLabel = "DIR",
              defaultValue = "t5",
              description = "files of the T5 (default: ${DEFAULT-VALUE})")
          Path t5)
      throws IOException {
    return usage(() -> draw(captions, directory, t5, timestamp()));
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "main",
      description = "Train as with --TESTING, then draw one caption.")
  int main(@Mixin MinImagenSources sources) throws IOException {
    String timestamp = timestamp();
    return usage(
        () -> {
          MinImagenFlags flags = new MinImagenFlags();
          int trained = train(flags.testing(timestamp), sources);
          return trained == ExitCode.DONE
              ? draw("a happy dog", folder(timestamp), sources.t5(), timestamp)
              : trained;
        });
  }

  private int train(TrainingArguments arguments, MinImagenSources sources) throws IOException {
    MinImagenTraining training =
        MinImagenTraining.open(
            arguments,
            new MinImagenTraining.Sources(sources.data(), sources.t5()),
            folder(arguments.timestamp()));
    TrainingDirectory directory = training.directory();
    console.err().println("data: " + training.report().summary());
    List<TrainingProgress> shown = new ArrayList<>();
    try (StopSignal stop = StopSignal.listen();
        ProgressDisplay display = console.progress()) {
      for (int i = 0; i < directory.model().unets().size(); i++) {
        shown.add(new TrainingProgress(display, "unet_" + i));
      }
      boolean finished = training.run(stop, unet -> new ShownProgress(shown.get(unet)));
      console.announce(directory.folder().toString());
      return finished ? ExitCode.DONE : ExitCode.FAILED;
    }
  }

  private int draw(String captions, Path directory, Path t5, String timestamp) throws IOException {
    MinImagenInference inference = MinImagenInference.open(TrainingDirectory.open(directory), t5);
    List<String> lines =
        captions.endsWith(".txt")
            ? GeneratedImages.readCaptions(Path.of(captions))
            : List.of(captions);
    Path folder = console.directory().resolve("generated_images_" + timestamp);
    GeneratedImages images = GeneratedImages.create(folder, lines, directory.toString());
    inference.run(images, console.err()::println);
    console.announce(folder.toString());
    return ExitCode.DONE;
  }

  private Path folder(String timestamp) {
    return console.directory().resolve("training_" + timestamp);
  }

  private static String timestamp() {
    return LocalDateTime.now(ZoneId.systemDefault()).format(TIMESTAMP);
  }

  /** What the user's files and flags are to blame for is a matter of usage. */
  private static int usage(Callable<Integer> script) throws IOException {
    try {
      return script.call();
    } catch (DataException | TrainingDirectoryException | T5FilesException e) {
      throw new UsageException(String.valueOf(e.getMessage()), e);
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
