package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.image.Resize;
import dev.cascadefarm.diffusion.imagen.VelocityLoss;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.scenes.Scene;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.TextEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Teaches a diffusion stage on scenes, with the text encoder frozen. A super-resolution stage sees
 * crops of the picture and, noised, of its small version.
 */
final class SceneDiffusionTask implements TrainingTask {
  /** Crops start at multiples of this many pixels, as the textures do. */
  private static final int CROP_GRID = 4;

  private final SceneDiffusionConfig config;
  private final VelocityLoss loss;
  private final SceneBatches batches;
  private final NoiseSchedule schedule;
  private final TorchModule encoder;
  private final long seed;

  /**
   * Prepares the task.
   *
   * @param encoder loaded text encoder; closed with this task
   */
  SceneDiffusionTask(
      SceneDiffusionConfig config,
      VelocityLoss loss,
      SceneBatches batches,
      TorchModule encoder,
      long seed) {
    this.config = config;
    this.loss = loss;
    this.batches = batches;
    this.schedule = config.schedule();
    this.encoder = encoder;
    this.seed = seed;
  }

  @Override
  public Graph graph() {
    return loss.graph();
  }

  @Override
  public String lossMethod() {
    return VelocityLoss.LOSS;
  }

  @Override
  public int batchSize() {
    return batches.size();
  }

  @Override
  public List<Input> batch(long step) {
    List<Scene> scenes = batches.scenes(step);
    List<Input> captions = batches.captions(scenes);
    HostTensor embeds = encoder.call(TextEncoder.ENCODE, captions).get(0);
    HostTensor whole = batches.pictures(scenes, config.side());
    Crops crops = crops(step, scenes);
    HostTensor picture = crops.of(whole);
    float[] noise = noise("noise").normals(step, picture.data().length);
    List<Input> inputs = new ArrayList<>();
    inputs.add(new Input.Floats(picture));
    inputs.add(new Input.Floats(new HostTensor(picture.shape(), noise)));
    int[] augmentations = augmentations(step);
    inputs.add(new Input.Floats(levels(step, augmentations)));
    inputs.add(new Input.Floats(embeds));
    inputs.add(captions.get(1));
    inputs.add(new Input.Floats(keep(step)));
    if (config.lowresSide() > 0) {
      HostTensor lowres = crops.of(enlarged(scenes));
      inputs.add(new Input.Floats(augment(step, lowres, augmentations)));
    }
    return inputs;
  }

  /** Timestep, √ᾱ, √(1−ᾱ), low-resolution timestep; each sample its own. */
  private HostTensor levels(long step, int[] augmentations) {
    CounterNoise times = noise("time");
    float[] levels = new float[batchSize() * 4];
    for (int i = 0; i < batchSize(); i++) {
      int t = (int) (times.uniform(step, i) * schedule.timesteps());
      levels[4 * i] = t;
      levels[4 * i + 1] = (float) Math.sqrt(schedule.alphaBar(t));
      levels[4 * i + 2] = (float) Math.sqrt(1 - schedule.alphaBar(t));
      levels[4 * i + 3] = augmentations[i];
    }
    return HostTensor.of(levels, batchSize(), 4);
  }

  private HostTensor keep(long step) {
    CounterNoise drops = noise("drop");
    float[] keep = new float[batchSize()];
    for (int i = 0; i < keep.length; i++) {
      keep[i] = drops.uniform(step, i) < config.captionDrop() ? 0 : 1;
    }
    return HostTensor.of(keep, batchSize());
  }

  private int[] augmentations(long step) {
    CounterNoise levels = noise("augmentation");
    int[] times = new int[batchSize()];
    for (int i = 0; i < times.length; i++) {
      times[i] = schedule.timestepOf(levels.uniform(step, i) * config.maxAugmentation());
    }
    return times;
  }

  private HostTensor augment(long step, HostTensor lowres, int[] augmentations) {
    float[] noised = noise("lowres").normals(step, lowres.data().length);
    int each = noised.length / batchSize();
    for (int k = 0; k < noised.length; k++) {
      double alphaBar = schedule.alphaBar(augmentations[k / each]);
      noised[k] =
          (float) (Math.sqrt(alphaBar) * lowres.data()[k] + Math.sqrt(1 - alphaBar) * noised[k]);
    }
    return new HostTensor(lowres.shape(), noised);
  }

  private HostTensor enlarged(List<Scene> scenes) {
    int side = config.side();
    HostTensor small = batches.pictures(scenes, config.lowresSide());
    Resize resize = new Resize(config.lowresSide(), side);
    int each = small.data().length / batchSize();
    float[] large = new float[batchSize() * 3 * side * side];
    for (int i = 0; i < batchSize(); i++) {
      float[] one = Arrays.copyOfRange(small.data(), i * each, (i + 1) * each);
      HostTensor picture = HostTensor.of(one, 3, config.lowresSide(), config.lowresSide());
      float[] resized = resize.apply(picture).data();
      for (int k = 0; k < resized.length; k++) {
        large[i * resized.length + k] = Math.max(-1, Math.min(1, resized[k]));
      }
    }
    return HostTensor.of(large, batchSize(), 3, side, side);
  }

  /** Each has one object's centre in its middle half. */
  private Crops crops(long step, List<Scene> scenes) {
    CounterNoise places = noise("crop");
    int crop = config.sideAt(step);
    int[] left = new int[batchSize()];
    int[] top = new int[batchSize()];
    for (int i = 0; i < batchSize(); i++) {
      Scene scene = scenes.get(i);
      int object = (int) (noise("crop object").uniform(step, i) * scene.objects().size());
      left[i] = edge(scene.centreX(object), crop, places.uniform(step, i));
      top[i] = edge(scene.centreY(object), crop, places.uniform(step, batchSize() + i));
    }
    return new Crops(crop, left, top);
  }

  private int edge(int centre, int crop, double choice) {
    int last = Math.max(0, Math.min(config.side() - crop, centre - crop / 4)) / CROP_GRID;
    int first = Math.min(last, Math.max(0, centre - 3 * crop / 4 + CROP_GRID - 1) / CROP_GRID);
    return CROP_GRID * (first + (int) (choice * (last - first + 1)));
  }

  private CounterNoise noise(String purpose) {
    return new CounterNoise(seed, "train", purpose);
  }

  @Override
  public void close() {
    encoder.close();
  }
}
