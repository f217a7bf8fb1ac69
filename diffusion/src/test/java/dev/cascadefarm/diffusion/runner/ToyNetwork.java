package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.denoise.Condition;
import dev.cascadefarm.diffusion.denoise.Predictor;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.imagen.LowresPicture;
import dev.cascadefarm.diffusion.sampler.Objective;
import dev.cascadefarm.diffusion.sampler.Rows;
import dev.cascadefarm.diffusion.sampler.Sampler;
import dev.cascadefarm.diffusion.sampler.SamplerHabits;
import dev.cascadefarm.diffusion.sampler.SamplerHabits.Variance;
import dev.cascadefarm.diffusion.schedule.ScheduleSettings;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A network of a few waves and no weights, for what a sampler makes of any. */
record ToyNetwork(boolean learnsVariance) implements DiffusionNetwork, Predictor {
  private static final Extent EXTENT = Extent.square(3, 4);

  static DiffusionRunner runner(boolean learnsVariance, Rows rows) {
    SamplerHabits own = SamplerHabits.OWN;
    SamplerHabits habits =
        new SamplerHabits(
            own.likeDiffusers(),
            own.endsClean(),
            own.finalSigma(),
            learnsVariance ? Variance.LEARNED_RANGE : own.variance(),
            own.solver());
    DiffusionConfig config =
        new DiffusionConfig(
                ScheduleSettings.of("cosine"),
                100,
                Objective.NOISE,
                Sampler.MOST_HISTORY,
                LowresPicture.AS_TRAINED,
                habits)
            .with(rows);
    DiffusionModel model = new DiffusionModel(new ToyNetwork(learnsVariance), config);
    TorchModule module = TorchModule.load(model.graph(), Map.of(), "cpu", TorchModule.Mode.FROZEN);
    return new DiffusionRunner(model, module, 1);
  }

  @Override
  public Predictor predictor() {
    return this;
  }

  @Override
  public Extent extent() {
    return EXTENT;
  }

  @Override
  public List<Condition> conditions() {
    return List.of(Condition.branched("word", 3, 4, 4));
  }

  @Override
  public Conditions conditions(SampleRequest request, int level) {
    float[] word = new float[EXTENT.size()];
    Arrays.fill(word, 0.3f);
    return new Conditions(List.of(word), List.of(new float[EXTENT.size()]));
  }

  @Override
  public Tensor predict(Scope scope, Pass pass) {
    Tensor time = pass.time().times(0.01).reshape(Tensor.ANY, 1, 1, 1);
    Tensor x = pass.x().times(2).plus(pass.conditions().get(0)).plus(time).sin();
    return learnsVariance ? Tensor.cat(1, x, pass.x().times(3).sin()) : x;
  }
}
