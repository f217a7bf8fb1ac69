package dev.cascadefarm.diffusion.minimagen;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.weights.AtomicFiles;
import dev.cascadefarm.diffusion.weights.Initialization;
import dev.cascadefarm.diffusion.weights.TorchFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A training directory of MinImagen: {@code parameters/} describes the models, {@code state_dicts/}
 * holds the best weights of each U-Net, {@code tmp/} the last. Stateless.
 *
 * @param timestamp in the names of its files
 * @param arguments of the command line that trained it, by name; empty if they were not kept
 */
public record TrainingDirectory(
    Path folder, String timestamp, MinImagen model, Map<String, String> arguments) {
  private static final String PARAMETERS = "parameters";
  private static final String STATE_DICTS = "state_dicts";
  private static final String TMP = "tmp";

  /** Spelt as MinImagen spells it. */
  private static final String PROGRESS = "training_progess.txt";

  private static final Pattern TIMESTAMP = Pattern.compile("[0-9A-Za-z_-]+");
  private static final ObjectWriter JSON =
      new ObjectMapper()
          .writer(
              new DefaultPrettyPrinter()
                  .withObjectIndenter(new DefaultIndenter("    ", "\n"))
                  .withArrayIndenter(new DefaultIndenter("    ", "\n")));

  /**
   * Reads what a directory describes; the weights stay where they are.
   *
   * @throws TrainingDirectoryException naming the file and key that is missing, unknown or
   *     impossible
   */
  public static TrainingDirectory open(Path folder) {
    if (!Files.isDirectory(folder.resolve(PARAMETERS))) {
      throw new TrainingDirectoryException(
          "%s: no folder (expected: %s of a training directory of MinImagen; checkpoints of imagen-pytorch are out of scope)"
              .formatted(folder.resolve(PARAMETERS), PARAMETERS));
    }
    TrainingFiles files = TrainingFiles.list(folder.resolve(PARAMETERS));
    return new TrainingDirectory(folder, files.timestamp(), model(files), files.arguments());
  }

  /**
   * Reads the models that a folder of parameters describes, that of a training directory or one by
   * itself.
   *
   * @throws TrainingDirectoryException as above
   */
  public static MinImagen readParameters(Path parameters) {
    return model(TrainingFiles.list(parameters));
  }

  private static MinImagen model(TrainingFiles files) {
    Path imagenFile = files.imagen();
    ImagenArguments imagen =
        naming(imagenFile, () -> ImagenArguments.read(Arguments.read(imagenFile)));
    List<UnetArguments> unets = new ArrayList<>();
    for (Path each : files.unets()) {
      unets.add(naming(each, () -> UnetArguments.read(Arguments.read(each))));
    }
    MinImagen model = naming(imagenFile, () -> new MinImagen(imagen, unets));
    for (int i = 0; i < unets.size(); i++) {
      int index = i;
      naming(files.unets().get(i), () -> model.config(index));
    }
    return model;
  }

  /** Puts the file's name before a fault that does not have it yet. */
  private static <T> T naming(Path file, Supplier<T> read) {
    try {
      return read.get();
    } catch (TrainingDirectoryException e) {
      String message = String.valueOf(e.getMessage());
      throw message.startsWith(file.toString())
          ? e
          : new TrainingDirectoryException(file + ": " + message, e);
    }
  }

  /**
   * Makes a directory without weights.
   *
   * @param timestamp letters, digits, {@code _} and {@code -}; MinImagen's are {@code
   *     yyyyMMdd_HHmmss}
   * @throws TrainingDirectoryException if {@code folder} has parameters already, or the models are
   *     not possible
   */
  public static TrainingDirectory create(
      Path folder, String timestamp, MinImagen model, Map<String, String> arguments) {
    if (!TIMESTAMP.matcher(timestamp).matches()) {
      throw new TrainingDirectoryException(
          "timestamp: " + timestamp + " (expected: letters, digits, _ and -)");
    }
    if (Files.exists(folder.resolve(PARAMETERS))) {
      throw new TrainingDirectoryException(
          folder.resolve(PARAMETERS) + ": exists (expected: a new training directory)");
    }
    TrainingDirectory directory =
        new TrainingDirectory(folder, timestamp, model, Map.copyOf(arguments));
    try {
      Files.createDirectories(folder.resolve(STATE_DICTS));
      Files.createDirectories(folder.resolve(TMP));
      directory.writeParameters(arguments);
    } catch (IOException e) {
      throw new TrainingDirectoryException(folder + ": cannot be written: " + e.getMessage(), e);
    }
    return directory;
  }

  private void writeParameters(Map<String, String> ordered) throws IOException {
    Path parameters = folder.resolve(PARAMETERS);
    for (int i = 0; i < model.unets().size(); i++) {
      model.config(i);
      ObjectNode unet = model.unets().get(i).json();
      AtomicFiles.write(
          parameters.resolve("unet_%d_params_%s.json".formatted(i, timestamp)),
          JSON.writeValueAsBytes(unet));
    }
    AtomicFiles.write(
        parameters.resolve("imagen_params_" + timestamp + ".json"),
        JSON.writeValueAsBytes(model.imagen().json()));
    StringBuilder lines = new StringBuilder();
    ordered.forEach((name, value) -> lines.append("--%s=%s\n".formatted(name, value)));
    AtomicFiles.write(
        parameters.resolve("training_parameters_" + timestamp + ".txt"),
        lines.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads the weights of one U-Net, counted from 0: the best, or the last if none were kept.
   *
   * @throws TrainingDirectoryException if the file is missing
   * @throws dev.cascadefarm.diffusion.weights.WeightsException if it is damaged, or its tensors are
   *     not exactly the model's
   */
  public Map<String, HostTensor> weights(int unet) {
    Path file = TrainingFiles.state(folder.resolve(STATE_DICTS), folder.resolve(TMP), unet);
    Map<String, HostTensor> weights = TorchFile.read(file);
    Initialization.requireFit(model.graph(unet), weights, file.toString());
    return weights;
  }

  /** Replaces the best weights of one U-Net, counted from 0. */
  public void writeBest(int unet, Map<String, HostTensor> weights) {
    Initialization.requireFit(model.graph(unet), weights, "unet " + unet);
    TorchFile.write(
        folder.resolve(STATE_DICTS).resolve("unet_%d_state_%s.pth".formatted(unet, timestamp)),
        weights);
  }

  /** Replaces the last weights of one U-Net, counted from 0. */
  public void writeLast(int unet, Map<String, HostTensor> weights) {
    Initialization.requireFit(model.graph(unet), weights, "unet " + unet);
    TorchFile.write(folder.resolve(TMP).resolve("unet_%d_tmp.pth".formatted(unet)), weights);
  }

  /** Adds a line to the log of the training. */
  public void appendProgress(String line) {
    try {
      Files.writeString(
          folder.resolve(PROGRESS),
          line + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new TrainingDirectoryException(
          folder.resolve(PROGRESS) + ": cannot be written: " + e.getMessage(), e);
    }
  }
}
