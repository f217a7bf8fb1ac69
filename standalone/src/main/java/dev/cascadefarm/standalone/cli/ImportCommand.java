package dev.cascadefarm.standalone.cli;

import dev.cascadefarm.common.cascade.Cascade;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.diffusers.PipelineImport;
import dev.cascadefarm.standalone.minimagen.MinImagenImport;
import dev.cascadefarm.standalone.torchscript.TorchScriptImport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code farm import}: models that were trained elsewhere become a cascade. */
@Command(
    mixinStandardHelpOptions = true,
    name = "import",
    description = "Make a cascade of models that were trained elsewhere.")
final class ImportCommand implements Runnable {
  private static final String T5_FOLDER = "t5";

  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  ImportCommand(Console console) {
    this.console = console;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "import: no origin given (expected: minimagen, diffusers or torchscript)");
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "minimagen",
      description = {
        "Make a cascade of a training directory of MinImagen; prints NAME@VERSION.",
        "Checkpoints of imagen-pytorch are not read."
      })
  int minimagen(
      @Parameters(
              paramLabel = "DIR",
              description = "folder with parameters/ and state_dicts/ or tmp/")
          Path directory,
      @Option(
              names = "--name",
              paramLabel = "NAME",
              required = true,
              description = "of the new cascade")
          String name,
      @Option(
              names = "--t5-dir",
              paramLabel = "DIR",
              description = "files of the T5 that encoded its captions (default: DIR/t5)")
          Path t5,
      @Mixin CommonOptions common)
      throws IOException {
    FarmConfig config = common.load(console, new CommonOptions.Flags(), "warn");
    Path encoder = t5 == null ? directory.resolve(T5_FOLDER) : t5;
    MinImagenImport source = MinImagenImport.open(directory, encoder, checked(name));
    console.announce(source.install(config.catalogue(), console.err()::println).id());
    return ExitCode.DONE;
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "diffusers",
      description = {
        "Make cascades of a folder that diffusers saved: Stable Diffusion 1 and 2, DeepFloyd IF,",
        "unCLIP of Karlo's kind.",
        "Prints a NAME@VERSION for each: of captions; for captions over a picture, if there is one."
      })
  int diffusers(
      @Parameters(paramLabel = "DIR", description = "folder with model_index.json") Path directory,
      @Option(
              names = "--name",
              paramLabel = "NAME",
              required = true,
              description = "of the new cascade; others are NAME-over, NAME-enlarge")
          String name,
      @Option(
              names = "--super-resolution",
              paramLabel = "DIR",
              description = "folder of IF's second stage, which enlarges what the first one draws")
          Path superResolution,
      @Mixin CommonOptions common)
      throws IOException {
    FarmConfig config = common.load(console, new CommonOptions.Flags(), "warn");
    PipelineImport source =
        PipelineImport.open(directory, Optional.ofNullable(superResolution), checked(name));
    for (Cascade each : source.install(config.catalogue(), console.err()::println)) {
      console.announce(each.id());
    }
    return ExitCode.DONE;
  }

  @Command(
      mixinStandardHelpOptions = true,
      name = "torchscript",
      description = {
        "Make a stage of a TorchScript file that somebody described, and a cascade of it.",
        "Prints NAME@VERSION. Such a file is a program: import only what you trust."
      })
  int torchscript(
      @Parameters(paramLabel = "FILE", description = "what torch.jit.save wrote") Path file,
      @Option(
              names = "--stage-json",
              paramLabel = "STAGE.json",
              required = true,
              description = "what the file takes and gives, and how it samples")
          Path description,
      @Option(
              names = "--name",
              paramLabel = "NAME",
              required = true,
              description = "of the new bundle, and of the new cascade")
          String name,
      @Mixin CompanyOptions company,
      @Mixin CommonOptions common)
      throws IOException {
    FarmConfig config = common.load(console, new CommonOptions.Flags(), "warn");
    TorchScriptImport source = TorchScriptImport.open(file, description, checked(name));
    console.announce(source.install(config.catalogue(), company.company(), console.err()::println));
    return ExitCode.DONE;
  }

  private static String checked(String name) {
    if (!name.matches(MinImagenImport.NAME_FORM)) {
      throw new UsageException(
          "--name: " + name + " (expected: 1 to 48 of a-z, 0-9 and -, the first no -)");
    }
    return name;
  }
}
