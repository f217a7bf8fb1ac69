package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Predictor.Extent;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.image.Resize;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.torchscript.GuestCall;
import dev.cascadefarm.diffusion.torchscript.GuestStage;
import dev.cascadefarm.diffusion.torchscript.GuestTensor;
import java.util.List;
import java.util.Map;

/** A TorchScript file that makes latents of a picture, or a picture of latents. */
final class GuestVaeStage implements OneRowStage {
  private final GuestStage stage;
  private final TorchModule module;

  GuestVaeStage(GuestStage stage, TorchModule module) {
    this.stage = stage;
    this.module = module;
  }

  @Override
  public Work begin(SampleRequest request) {
    GuestTensor input = stage.call().inputs().get(0);
    List<Integer> shape = input.shape();
    if (input.name().equals(Pictures.IMAGE)) {
      HostTensor picture = Pictures.read(request, shape.get(0));
      HostTensor x = Pictures.centred(Resize.within(picture, shape.get(1)));
      return () -> Map.of(Latents.LATENTS, Latents.of(run(x, Latents.LATENTS)));
    }
    Extent extent = new Extent(shape.get(0), shape.get(1), shape.get(2));
    HostTensor latents = Latents.read(request, extent);
    return () -> Map.of(Pictures.IMAGE, new StageValue.Image(picture(latents)));
  }

  private HostTensor picture(HostTensor latents) {
    HostTensor x = run(latents, Pictures.IMAGE);
    long[] shape = x.shape();
    return Pictures.of(x.data(), new Extent((int) shape[1], (int) shape[2], (int) shape[3]));
  }

  /** The answer of that name; the only one that is not unused. */
  private HostTensor run(HostTensor input, String output) {
    HostTensor answer = module.call(GuestCall.RUN, List.of(new Input.Floats(input))).get(0);
    long[] expected = stage.call().output(output).orElseThrow().batched(1);
    return new HostTensor(expected, answer.data());
  }

  @Override
  public void close() {
    module.close();
  }
}
