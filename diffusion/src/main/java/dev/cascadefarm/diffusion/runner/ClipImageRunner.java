package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.clip.ClipPreprocessing;
import dev.cascadefarm.diffusion.clip.ClipVisionEncoder;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs a CLIP's vision model: one row. Takes {@code image}, of any size and shape, gives {@code
 * embeds}, with the tensor {@code image.pooled}, {@code (1, P)}.
 */
final class ClipImageRunner implements StageRunner {
  private static final String IMAGE = "image";

  private final ClipPreprocessing preprocessing;
  private final TorchModule module;

  ClipImageRunner(ClipPreprocessing preprocessing, TorchModule module) {
    this.preprocessing = preprocessing;
    this.module = module;
  }

  @Override
  public Sample begin(SampleRequest request) {
    StageValue image = request.inputs().get(IMAGE);
    if (!(image instanceof StageValue.Image picture) || !isPicture(picture.pixels().shape())) {
      throw new InvalidSampleException(IMAGE + ": " + image + " (expected: a picture 3×H×W)");
    }
    return new ImageSample(preprocessing.apply(picture.pixels()));
  }

  private static boolean isPicture(long[] shape) {
    return shape.length == 3 && shape[0] == 3 && shape[1] >= 1 && shape[2] >= 1;
  }

  @Override
  public void advance(List<Sample> samples) {
    List<HostTensor> results = new ArrayList<>();
    for (Sample each : samples) {
      Input pixels = new Input.Floats(((ImageSample) each).pixels);
      results.add(module.call(ClipVisionEncoder.ENCODE, List.of(pixels)).get(0));
    }
    for (int i = 0; i < results.size(); i++) {
      ((ImageSample) samples.get(i)).finish(Map.of(CaptionTensors.pooled(IMAGE), results.get(i)));
    }
  }

  @Override
  public void close() {
    module.close();
  }

  private static final class ImageSample extends EmbedsSample {
    private final HostTensor pixels;

    ImageSample(HostTensor pixels) {
      this.pixels = pixels;
    }
  }
}
