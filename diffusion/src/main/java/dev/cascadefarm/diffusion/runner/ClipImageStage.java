package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.clip.ClipPreprocessing;
import dev.cascadefarm.diffusion.clip.ClipVisionEncoder;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.List;
import java.util.Map;

/**
 * Encodes pictures with a CLIP. Takes {@code image}, of any size and shape, gives {@code embeds},
 * with the tensor {@code image.pooled}, {@code (1, P)}.
 */
final class ClipImageStage implements OneRowStage {
  private final ClipPreprocessing preprocessing;
  private final TorchModule module;

  ClipImageStage(ClipPreprocessing preprocessing, TorchModule module) {
    this.preprocessing = preprocessing;
    this.module = module;
  }

  @Override
  public Work begin(SampleRequest request) {
    StageValue image = request.inputs().get(Pictures.IMAGE);
    if (!(image instanceof StageValue.Image picture) || !isPicture(picture.pixels().shape())) {
      throw new InvalidSampleException(
          Pictures.IMAGE + ": " + image + " (expected: a picture 3×H×W)");
    }
    HostTensor pixels = preprocessing.apply(picture.pixels());
    return () -> {
      HostTensor pooled =
          module.call(ClipVisionEncoder.ENCODE, List.<Input>of(new Input.Floats(pixels))).get(0);
      Map<String, HostTensor> tensors = Map.of(CaptionTensors.pooled(Pictures.IMAGE), pooled);
      return Map.of(CaptionTensors.EMBEDS, new StageValue.Tensors(tensors));
    };
  }

  private static boolean isPicture(long[] shape) {
    return shape.length == 3 && shape[0] == 3 && shape[1] >= 1 && shape[2] >= 1;
  }

  @Override
  public void close() {
    module.close();
  }
}
