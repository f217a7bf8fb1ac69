package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.scenes.Scene;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.PictureRegression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Teaches the text encoder by regressing pictures from captions. */
final class SceneTextTask implements TrainingTask {
  private static final String PREFIX = PictureRegression.ENCODER + ".";

  private final PictureRegression regression;
  private final SceneBatches batches;

  SceneTextTask(PictureRegression regression, SceneBatches batches) {
    this.regression = regression;
    this.batches = batches;
  }

  @Override
  public Graph graph() {
    return regression.graph();
  }

  @Override
  public String lossMethod() {
    return PictureRegression.LOSS;
  }

  @Override
  public List<Input> batch(long step) {
    List<Scene> scenes = batches.scenes(step);
    List<Input> inputs = new ArrayList<>(batches.captions(scenes));
    inputs.add(new Input.Floats(batches.pictures(scenes, PictureRegression.SIDE)));
    return inputs;
  }

  @Override
  public int batchSize() {
    return batches.size();
  }

  @Override
  public Map<String, HostTensor> stageWeights(Map<String, HostTensor> trained) {
    Map<String, HostTensor> encoder = new LinkedHashMap<>();
    trained.forEach(
        (path, tensor) -> {
          if (path.startsWith(PREFIX)) {
            encoder.put(path.substring(PREFIX.length()), tensor);
          }
        });
    return encoder;
  }
}
