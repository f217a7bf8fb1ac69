package dev.cascadefarm.diffusion.minimagen;

import dev.cascadefarm.diffusion.denoise.Denoiser;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetConfig;
import dev.cascadefarm.diffusion.imagen.UnetPredictor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An {@code Imagen} of MinImagen without its weights: arguments that are possible, alone and
 * together.
 *
 * @param unets the first draws, each other enlarges what the one before it made
 */
public record MinImagen(ImagenArguments imagen, List<UnetArguments> unets) {
  public MinImagen {
    unets = List.copyOf(unets);
    int count = unets.size();
    require(count > 0, "unets", count, "at least one");
    List<Integer> sizes = imagen.imageSizes();
    require(sizes.size() == count, "image_sizes", sizes, count + ", one for each U-Net");
    boolean growing =
        IntStream.range(1, sizes.size()).allMatch(i -> sizes.get(i - 1) <= sizes.get(i));
    require(growing, "image_sizes", sizes, "each at least as large as the one before");
    int lengths = imagen.timesteps().size();
    require(
        lengths == 1 || lengths == count,
        "timesteps",
        imagen.timesteps(),
        "one, or " + count + ", one for each U-Net");
    Integer only = imagen.onlyTrainUnetNumber();
    require(only == null || only <= count, "only_train_unet_number", only + "", "1 to " + count);
  }

  /**
   * One U-Net's architecture.
   *
   * @param index from 0
   * @throws TrainingDirectoryException naming an argument that is impossible
   */
  public UnetConfig config(int index) {
    UnetConfig config;
    try {
      config = UnetMapping.config(unets.get(index), imagen, index);
    } catch (IllegalArgumentException e) {
      throw new TrainingDirectoryException(String.valueOf(e.getMessage()), e);
    }
    int side = imagen.imageSizes().get(index);
    require(
        side % config.sideMultiple() == 0,
        "image_sizes",
        side,
        "for U-Net %d, of dim_mults %s, a multiple of %d"
            .formatted(index, config.dimMults(), config.sideMultiple()));
    return config;
  }

  /** The model of one U-Net, counted from 0, whose stored parameters are its state_dict's. */
  Graph graph(int index) {
    return new Denoiser(new UnetPredictor(new Unet(config(index)), imagen.imageSizes().get(index)))
        .samplingGraph();
  }

  private static void require(boolean condition, String name, Object value, String expected) {
    if (!condition) {
      throw new TrainingDirectoryException(
          "%s: %s (expected: %s)".formatted(name, value, expected));
    }
  }
}
