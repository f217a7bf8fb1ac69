package dev.cascadefarm.benchmark;

import dev.cascadefarm.diffusion.denoise.LossKind;
import dev.cascadefarm.diffusion.denoise.TrainingObjective;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.imagen.Unet;
import dev.cascadefarm.diffusion.imagen.UnetLoss;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.schedule.NoiseSchedule;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.TrainingTask;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A training of a U-Net as MinImagen trains it, on one and the same batch at every step. */
final class FixedBatch implements TrainingTask {
  private static final int TIMESTEPS = 1000;
  private static final int LOWRES_TIME = 100;

  private final StageUnet unet;
  private final int size;
  private final List<Input> inputs;

  FixedBatch(StageUnet unet, int size) {
    this.unet = unet;
    this.size = size;
    this.inputs = inputs(unet, size);
  }

  private static List<Input> inputs(StageUnet unet, int size) {
    Map<String, HostTensor> tensors = tensors(unet, size);
    int[] lowresTimes = unet.config().lowresCond() ? lowresTimes(size) : new int[size];
    TrainingObjective objective =
        TrainingObjective.unweighted(NoiseSchedule.of("linear", TIMESTEPS), Objective.NOISE);
    List<HostTensor> inputs = new ArrayList<>();
    inputs.add(tensors.get("picture"));
    inputs.add(tensors.get("noise"));
    inputs.add(objective.rows(times(size), lowresTimes));
    inputs.add(tensors.get("embeds"));
    inputs.add(tensors.get("mask"));
    inputs.add(tensors.get("keep"));
    if (unet.config().lowresCond()) {
      inputs.add(tensors.get("lowres"));
      inputs.add(tensors.get("lowres_noise"));
    }
    return inputs.stream().<Input>map(Input.Floats::new).toList();
  }

  /** The batch for the Python side. */
  Map<String, HostTensor> tensors() {
    return tensors(unet, size);
  }

  private static Map<String, HostTensor> tensors(StageUnet unet, int size) {
    UnetBatch.Draws draws = UnetBatch.draws(size);
    int channels = unet.config().channels();
    int side = unet.side();
    int length = unet.config().maxTextLen();
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("picture", draws.normals(0, channels, side, side));
    tensors.put("noise", draws.normals(1, channels, side, side));
    tensors.put("embeds", draws.normals(2, length, unet.config().textEmbedDim()));
    tensors.put("mask", draws.all(1, length));
    tensors.put("keep", draws.all(1));
    tensors.put("time", numbers(times(size)));
    if (unet.config().lowresCond()) {
      tensors.put("lowres", draws.normals(3, channels, side, side));
      tensors.put("lowres_noise", draws.normals(4, channels, side, side));
      tensors.put("lowres_time", numbers(lowresTimes(size)));
    }
    return tensors;
  }

  /** Spread evenly over the schedule. */
  private static int[] times(int size) {
    int[] times = new int[size];
    for (int i = 0; i < size; i++) {
      times[i] = i * TIMESTEPS / size;
    }
    return times;
  }

  private static int[] lowresTimes(int size) {
    int[] times = new int[size];
    Arrays.fill(times, LOWRES_TIME);
    return times;
  }

  private static HostTensor numbers(int[] values) {
    float[] numbers = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      numbers[i] = values[i];
    }
    return HostTensor.of(numbers, values.length);
  }

  @Override
  public Graph graph() {
    return new UnetLoss(new Unet(unet.config()), LossKind.L2).graph();
  }

  @Override
  public String lossMethod() {
    return UnetLoss.LOSS;
  }

  @Override
  public List<Input> batch(long step) {
    return inputs;
  }

  @Override
  public int batchSize(long batch) {
    return size;
  }
}
