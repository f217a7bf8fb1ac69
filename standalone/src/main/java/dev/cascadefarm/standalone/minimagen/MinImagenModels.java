package dev.cascadefarm.standalone.minimagen;

import dev.cascadefarm.diffusion.imagen.UnetPreset;
import dev.cascadefarm.diffusion.minimagen.ImagenArguments;
import dev.cascadefarm.diffusion.minimagen.MinImagen;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectory;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectoryException;
import dev.cascadefarm.diffusion.minimagen.UnetArguments;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The models that MinImagen's training script makes of its arguments. */
final class MinImagenModels {
  private static final double CAPTION_DROP = 0.15;

  private MinImagenModels() {}

  /**
   * Two U-Nets of MinImagen's own, or those of the parameters' folder, or of the directory to go on
   * with.
   *
   * @throws dev.cascadefarm.diffusion.minimagen.TrainingDirectoryException naming what is not
   *     possible
   */
  static MinImagen of(TrainingArguments arguments) {
    return requireRgb(any(arguments));
  }

  /**
   * Models that draw RGB pictures.
   *
   * @throws TrainingDirectoryException if they do not
   */
  static MinImagen requireRgb(MinImagen model) {
    if (model.imagen().channels() != UnetStages.CHANNELS) {
      throw new TrainingDirectoryException(
          "channels: %d (expected: %d, pictures are RGB)"
              .formatted(model.imagen().channels(), UnetStages.CHANNELS));
    }
    return model;
  }

  private static MinImagen any(TrainingArguments arguments) {
    if (arguments.restart() != null) {
      return TrainingDirectory.open(Path.of(arguments.restart())).model();
    }
    if (arguments.parameters() != null && !arguments.testing()) {
      return TrainingDirectory.readParameters(Path.of(arguments.parameters()));
    }
    Stream<UnetPreset> presets =
        arguments.testing()
            ? Stream.of(UnetPreset.BASE_TEST, UnetPreset.SUPER_TEST)
            : Stream.of(UnetPreset.BASE, UnetPreset.SUPER);
    List<UnetArguments> unets =
        presets.map(each -> UnetArguments.of(each.builder().build())).toList();
    return new MinImagen(imagen(arguments), unets);
  }

  private static ImagenArguments imagen(TrainingArguments arguments) {
    return new ImagenArguments(
        arguments.t5(),
        List.of(arguments.side() / 2, arguments.side()),
        null,
        3,
        List.of(arguments.timesteps()),
        CAPTION_DROP,
        "l2",
        0.2,
        true,
        0.9,
        null);
  }
}
