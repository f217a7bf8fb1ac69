package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Condition;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.runner.CaptionTensors.Branch;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.torchscript.GuestPredictor;
import dev.cascadefarm.diffusion.torchscript.GuestStage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A TorchScript file that predicts. Where there is no caption it hears zeros or, if it takes {@code
 * keep}, the caption with a 0 there.
 */
final class GuestNetwork implements DiffusionNetwork {
  private final GuestStage stage;
  private final GuestPredictor predictor;
  private final LowresInput lowres;

  GuestNetwork(GuestStage stage, GuestPredictor predictor, DiffusionConfig diffusion) {
    this.stage = stage;
    this.predictor = predictor;
    this.lowres = new LowresInput(diffusion, predictor.extent());
  }

  @Override
  public Predictor predictor() {
    return predictor;
  }

  @Override
  public Medium medium() {
    return Medium.of(stage.latents());
  }

  @Override
  public boolean enlarges() {
    return predictor.enlarges();
  }

  @Override
  public Conditions conditions(SampleRequest request, int level) {
    List<float[]> caption = new ArrayList<>();
    List<float[]> other = new ArrayList<>();
    for (Condition each : predictor.conditions()) {
      if (each.branched()) {
        caption.add(branched(each, request, true));
        other.add(branched(each, request, false));
      } else {
        caption.add(lowres.prepare(request, level));
      }
    }
    return new Conditions(caption, other);
  }

  private float[] branched(Condition condition, SampleRequest request, boolean follows) {
    Map<String, StageValue> inputs = request.inputs();
    return switch (condition.name()) {
      case GuestPredictor.KEEP -> new float[] {keep(request, follows)};
      case GuestPredictor.POOLED ->
          heard(
              request,
              follows,
              follows
                  ? CaptionTensors.pooledCaption(inputs, (int) condition.shape()[0])
                  : CaptionTensors.pooledOther(inputs, (int) condition.shape()[0]));
      case GuestPredictor.MASK -> heard(request, follows, branch(request, follows).mask().data());
      default -> heard(request, follows, branch(request, follows).embeds().data());
    };
  }

  private float[] heard(SampleRequest request, boolean follows, float[] numbers) {
    boolean hears =
        keep(request, follows) == 1 || predictor.call().input(GuestPredictor.KEEP).isPresent();
    return hears ? numbers : new float[numbers.length];
  }

  private static float keep(SampleRequest request, boolean follows) {
    return follows || CaptionTensors.hasNegative(request.inputs()) ? 1 : 0;
  }

  private Branch branch(SampleRequest request, boolean follows) {
    List<Integer> shape = predictor.call().input(GuestPredictor.EMBEDS).orElseThrow().shape();
    return follows
        ? CaptionTensors.caption(request.inputs(), shape.get(0), shape.get(1))
        : CaptionTensors.other(request.inputs(), shape.get(0), shape.get(1));
  }
}
