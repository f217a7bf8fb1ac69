package dev.cascadefarm.benchmark;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.noise.CounterNoise;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one pass of a U-Net takes: noise of fixed seed, whole captions.
 *
 * @param tensors by name, in the order of {@link StageUnet#graph}
 */
record UnetBatch(Map<String, HostTensor> tensors) {
  private static final float TIME = 500;
  private static final float LOWRES_TIME = 100;

  static UnetBatch of(StageUnet unet, int batch) {
    Draws draws = draws(batch);
    int channels = unet.config().channels();
    int side = unet.side();
    int length = unet.config().maxTextLen();
    Map<String, HostTensor> tensors = new LinkedHashMap<>();
    tensors.put("x", draws.normals(0, channels, side, side));
    tensors.put("time", draws.all(TIME));
    tensors.put("embeds", draws.normals(1, length, unet.config().textEmbedDim()));
    tensors.put("mask", draws.all(1, length));
    tensors.put("keep", draws.all(1));
    if (unet.config().lowresCond()) {
      tensors.put("lowres", draws.normals(2, channels, side, side));
      tensors.put("lowres_time", draws.all(LOWRES_TIME));
    }
    return new UnetBatch(tensors);
  }

  static Draws draws(int batch) {
    return new Draws(new CounterNoise(1, "benchmark", "inputs"), batch);
  }

  /** Tensors whose first dimension is the batch. */
  record Draws(CounterNoise noise, int batch) {
    HostTensor normals(int row, long... each) {
      long[] shape = shape(each);
      return new HostTensor(shape, noise.normals(row, size(shape)));
    }

    HostTensor all(float value, long... each) {
      long[] shape = shape(each);
      float[] values = new float[size(shape)];
      Arrays.fill(values, value);
      return new HostTensor(shape, values);
    }

    private long[] shape(long... each) {
      long[] shape = new long[each.length + 1];
      shape[0] = batch;
      System.arraycopy(each, 0, shape, 1, each.length);
      return shape;
    }

    private static int size(long... shape) {
      return Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    }
  }

  List<Input> inputs() {
    return tensors.values().stream().<Input>map(Input.Floats::new).toList();
  }
}
