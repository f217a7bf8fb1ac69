package dev.cascadefarm.benchmark;

import dev.cascadefarm.common.cascade.Catalogue;
import dev.cascadefarm.common.cascade.InstalledBundle;
import dev.cascadefarm.common.cascade.JobRequest;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.plan.JobPlanner;
import dev.cascadefarm.diffusion.runner.TorchStageLoader;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageDefinition;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.worker.image.PngCodec;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A cascade without a farm: its stages called one after the other on the calling thread, with the
 * same model calls and the same 8-bit pictures between them.
 */
final class DirectCascade implements AutoCloseable {
  private final JobPlanner planner;
  private final Map<String, StageRunner> runners = new LinkedHashMap<>();
  private long steps;

  DirectCascade(Catalogue catalogue, String cascade) {
    planner = new JobPlanner(catalogue);
    TorchStageLoader loader = new TorchStageLoader();
    catalogue
        .cascade(cascade)
        .orElseThrow()
        .stages()
        .forEach(
            stage ->
                runners.put(
                    stage.name(),
                    loader.load(definition(catalogue.bundle(stage.bundle())), "cpu")));
  }

  private static StageDefinition definition(InstalledBundle installed) {
    var bundle = installed.bundle();
    return new StageDefinition(
        bundle.kind(),
        bundle.model(),
        bundle.diffusion(),
        bundle.imageSize(),
        bundle.samplesPerCall(),
        installed.folder());
  }

  /** Renders image 0 of a job; returns each stage's picture as PNG, in order. */
  Map<String, byte[]> render(JobRequest request) {
    JobPlanner.PlannedJob job = planner.plan(request);
    Map<String, StageValue> values = new HashMap<>();
    values.put(RequestField.PROMPT.source(), new StageValue.Text(request.prompt()));
    if (request.negativePrompt() != null) {
      values.put(
          RequestField.NEGATIVE_PROMPT.source(), new StageValue.Text(request.negativePrompt()));
    }
    Map<String, byte[]> pictures = new LinkedHashMap<>();
    for (PlannedStage stage : job.plan().stages()) {
      runPlanned(stage, job.spec(), values)
          .forEach((output, value) -> hand(stage, output, value, values, pictures));
    }
    return pictures;
  }

  private Map<String, StageValue> runPlanned(
      PlannedStage stage, JobSpec spec, Map<String, StageValue> values) {
    Map<String, StageValue> inputs = new HashMap<>();
    stage
        .inputs()
        .forEach(
            (input, source) -> {
              if (values.containsKey(source)) {
                inputs.put(input, values.get(source));
              }
            });
    return run(stage.name(), spec, inputs);
  }

  /** What one stage alone makes of these inputs, for image 0 of a job. */
  Map<String, StageValue> stage(String name, JobRequest request, Map<String, StageValue> inputs) {
    return run(name, planner.plan(request).spec(), inputs);
  }

  private Map<String, StageValue> run(String name, JobSpec spec, Map<String, StageValue> inputs) {
    StageRunner runner = runners.get(name);
    Sample sample =
        runner.begin(new SampleRequest(name, spec.seed(), spec.settings().get(name), inputs));
    while (!sample.done()) {
      runner.advance(List.of(sample));
      steps++;
    }
    return sample.outputs();
  }

  private static void hand(
      PlannedStage stage,
      String output,
      StageValue value,
      Map<String, StageValue> values,
      Map<String, byte[]> pictures) {
    StageValue handed = value;
    if (value instanceof StageValue.Image image) {
      byte[] png = PngCodec.encode(image.pixels(), Map.of());
      pictures.put(stage.name(), png);
      handed = new StageValue.Image(PngCodec.decode(png));
    }
    values.put(stage.name() + "." + output, handed);
  }

  /** Rows that all renderings have taken so far. */
  long steps() {
    return steps;
  }

  @Override
  public void close() {
    runners.values().forEach(StageRunner::close);
  }
}
