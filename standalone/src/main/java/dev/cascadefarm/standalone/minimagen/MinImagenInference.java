package dev.cascadefarm.standalone.minimagen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.diffusion.minimagen.GeneratedImages;
import dev.cascadefarm.diffusion.minimagen.ImagenArguments;
import dev.cascadefarm.diffusion.minimagen.MinImagen;
import dev.cascadefarm.diffusion.minimagen.TrainingDirectory;
import dev.cascadefarm.diffusion.runner.PictureSampler;
import dev.cascadefarm.diffusion.runner.PictureSampler.Conditions;
import dev.cascadefarm.diffusion.scenes.ScenePicture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.t5.T5Folder;
import dev.cascadefarm.diffusion.t5.T5TextEncoder;
import dev.cascadefarm.diffusion.train.CaptionEncoder;
import dev.cascadefarm.diffusion.train.CaptionEncoder.Encoded;
import dev.cascadefarm.diffusion.train.T5Captions;
import dev.cascadefarm.standalone.install.DiffusionStage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * MinImagen's inference script: every caption through all U-Nets, T steps each, guidance 3. On the
 * engine thread.
 */
public final class MinImagenInference {
  private static final double GUIDANCE = 3;
  private static final long SEED = 1;

  /** Pictures that are drawn at the same time. */
  private static final int MOST_BESIDE = 4;

  private final TrainingDirectory directory;
  private final T5Folder t5;

  private MinImagenInference(TrainingDirectory directory, T5Folder t5) {
    this.directory = directory;
    this.t5 = t5;
  }

  /**
   * Checks models and T5.
   *
   * @param t5 folder of the T5's files
   * @throws dev.cascadefarm.diffusion.minimagen.TrainingDirectoryException if the models draw no
   *     RGB pictures
   * @throws dev.cascadefarm.diffusion.t5.T5FilesException if the T5 is missing or another one
   */
  public static MinImagenInference open(TrainingDirectory directory, Path t5) {
    ImagenArguments imagen = MinImagenModels.requireRgb(directory.model()).imagen();
    T5Folder files = T5Folder.open(t5, imagen.encoder(), imagen.textWidth());
    files.config();
    return new MinImagenInference(directory, files);
  }

  /**
   * Draws a picture for each caption.
   *
   * @param images where they go
   * @param reports hears a line for every U-Net that has drawn
   */
  public void run(GeneratedImages images, Consumer<String> reports) throws IOException {
    List<Encoded> captions = encode(images.captions());
    List<HostTensor> pictures = List.of();
    for (int unet = 0; unet < directory.model().unets().size(); unet++) {
      pictures = draw(unet, captions, pictures);
      reports.accept("U-Net " + unet + ": " + pictures.size() + " pictures");
    }
    for (int i = 0; i < pictures.size(); i++) {
      write(pictures.get(i), images.picture(i));
    }
  }

  private List<Encoded> encode(List<String> captions) {
    int length = directory.model().config(0).maxTextLen();
    try (CaptionEncoder encoder = new T5Captions(T5TextEncoder.load(t5, length, "cpu"), length)) {
      return captions.stream().map(each -> encoder.encode(List.of(each))).toList();
    }
  }

  private List<HostTensor> draw(int unet, List<Encoded> captions, List<HostTensor> before) {
    MinImagen model = directory.model();
    DiffusionStage stage = UnetStages.of(model, unet);
    Map<String, HostTensor> weights = directory.weights(unet);
    JsonNode settings = settings(stage, model.imagen().timesteps(unet));
    int beside = Math.min(MOST_BESIDE, captions.size());
    List<HostTensor> drawn = new ArrayList<>();
    try (PictureSampler sampler =
        PictureSampler.load(stage.unet(), stage.diffusion(), stage.side(), beside, weights)) {
      for (int from = 0; from < captions.size(); from += beside) {
        List<Conditions> conditions = new ArrayList<>();
        for (int i = from; i < Math.min(captions.size(), from + beside); i++) {
          Encoded caption = captions.get(i);
          HostTensor small = before.isEmpty() ? null : before.get(i);
          conditions.add(
              new Conditions("unet_" + unet, SEED + i, caption.embeds(), caption.mask(), small));
        }
        drawn.addAll(sampler.draw(conditions, settings));
      }
    }
    return drawn;
  }

  private static JsonNode settings(DiffusionStage stage, int timesteps) {
    ObjectNode settings = stage.parameters().defaults(stage.diffusion().history());
    return settings.put("steps", timesteps).put("guidance", GUIDANCE);
  }

  private static void write(HostTensor picture, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      ScenePicture.of(picture.data(), (int) picture.shape()[1]).writePng(out);
    }
  }
}
