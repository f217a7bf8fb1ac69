package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.image.Resize;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetLoss;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.scenes.Scene;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.train.NoisedBatches.Examples;
import java.util.Arrays;
import java.util.List;

/**
 * Teaches a diffusion stage on scenes, with the text encoder frozen. A super-resolution stage sees
 * crops of the picture and, noised, of its small version.
 */
final class SceneDiffusionTask implements TrainingTask {
  /** Crops start at multiples of this many canvas pixels, as the textures do. */
  private static final int CROP_GRID = 4;

  private final SceneDiffusionConfig config;
  private final UnetLoss loss;
  private final Shown shown;
  private final NoisedBatches noised;
  private final TorchModule encoder;
  private final long seed;

  /**
   * Where batches come from.
   *
   * @param crops pictures of which crops are shown
   * @param whole pictures that are shown whole
   */
  record Shown(SceneBatches crops, SceneBatches whole) {}

  /**
   * Prepares the task.
   *
   * @param encoder loaded text encoder; closed with this task
   */
  SceneDiffusionTask(
      SceneDiffusionConfig config, Unet unet, Shown shown, TorchModule encoder, long seed) {
    this.config = config;
    this.loss = new UnetLoss(unet, config.training().loss());
    this.shown = shown;
    this.noised = new NoisedBatches(config.training(), seed);
    this.encoder = encoder;
    this.seed = seed;
  }

  @Override
  public Graph graph() {
    return loss.graph();
  }

  @Override
  public String lossMethod() {
    return UnetLoss.LOSS;
  }

  @Override
  public int batchSize(long step) {
    return batches(step).size();
  }

  private SceneBatches batches(long step) {
    return config.crops(step) ? shown.crops() : shown.whole();
  }

  @Override
  public List<Input> batch(long step) {
    SceneBatches batches = batches(step);
    List<Scene> scenes = batches.scenes(step);
    List<Input> captions = batches.captions(step, scenes);
    HostTensor embeds = encoder.call(TextEncoder.ENCODE, captions).get(0);
    HostTensor mask = ((Input.Floats) captions.get(1)).tensor();
    Crops crops = crops(step, scenes);
    HostTensor pictures = crops.of(batches.pictures(scenes, config.side()));
    HostTensor lowres = config.lowresSide() > 0 ? crops.of(enlarged(batches, scenes)) : null;
    return noised.inputs(step, new Examples(pictures, lowres, embeds, mask));
  }

  private HostTensor enlarged(SceneBatches batches, List<Scene> scenes) {
    int side = config.side();
    HostTensor small = batches.pictures(scenes, config.lowresSide());
    Resize resize = new Resize(config.lowresSide(), side);
    int count = scenes.size();
    int each = small.data().length / count;
    float[] large = new float[count * 3 * side * side];
    for (int i = 0; i < count; i++) {
      float[] one = Arrays.copyOfRange(small.data(), i * each, (i + 1) * each);
      HostTensor picture = HostTensor.of(one, 3, config.lowresSide(), config.lowresSide());
      float[] resized = resize.apply(picture).data();
      for (int k = 0; k < resized.length; k++) {
        large[i * resized.length + k] = Math.max(-1, Math.min(1, resized[k]));
      }
    }
    return HostTensor.of(large, count, 3, side, side);
  }

  /** Each has one object's centre in its middle half. */
  private Crops crops(long step, List<Scene> scenes) {
    CounterNoise places = noise("crop");
    int crop = config.sideAt(step);
    int count = scenes.size();
    int[] left = new int[count];
    int[] top = new int[count];
    for (int i = 0; i < count; i++) {
      Scene scene = scenes.get(i);
      int object = (int) (noise("crop object").uniform(step, i) * scene.objects().size());
      left[i] = edge(scene.centreX(object) * scale(), crop, places.uniform(step, i));
      top[i] = edge(scene.centreY(object) * scale(), crop, places.uniform(step, count + i));
    }
    return new Crops(crop, left, top);
  }

  private int edge(int centre, int crop, double choice) {
    int grid = CROP_GRID * scale();
    int last = Math.max(0, Math.min(config.side() - crop, centre - crop / 4)) / grid;
    int first = Math.min(last, Math.max(0, centre - 3 * crop / 4 + grid - 1) / grid);
    return grid * (first + (int) (choice * (last - first + 1)));
  }

  /** Pixels per canvas pixel; 1 for a picture no larger than the canvas. */
  private int scale() {
    return Math.max(1, config.side() / Scene.CANVAS_SIDE);
  }

  private CounterNoise noise(String purpose) {
    return new CounterNoise(seed, "train", purpose);
  }

  @Override
  public void close() {
    encoder.close();
  }
}
