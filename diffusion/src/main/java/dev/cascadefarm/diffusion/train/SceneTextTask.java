package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.scenes.Scene;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.PictureRegression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Teaches the text encoder by regressing pictures from captions: scenes at their nominal places,
 * which is all that a caption tells, with details made strong. Textures are details; at their
 * natural strength so little of the error is theirs that the encoder does not learn which object
 * they belong to.
 */
final class SceneTextTask implements TrainingTask {
  private static final int COARSE_SIDE = 16;
  private static final int DETAIL_GAIN = 4;

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
    inputs.add(new Input.Floats(targets(scenes.stream().map(Scene::nominal).toList())));
    return inputs;
  }

  /** {@code (B, 3, 64, 64)}: what is finer than 16×16 counts {@link #DETAIL_GAIN} times. */
  private HostTensor targets(List<Scene> scenes) {
    int side = PictureRegression.SIDE;
    int block = side / COARSE_SIDE;
    float[] target = batches.pictures(scenes, side).data().clone();
    float[] coarse = batches.pictures(scenes, COARSE_SIDE).data();
    for (int i = 0; i < target.length; i++) {
      int plane = i / (side * side);
      int y = i / side % side / block;
      int x = i % side / block;
      float mean = coarse[(plane * COARSE_SIDE + y) * COARSE_SIDE + x];
      target[i] = mean + DETAIL_GAIN * (target[i] - mean);
    }
    return HostTensor.of(target, scenes.size(), 3, side, side);
  }

  @Override
  public int batchSize() {
    return batches.size();
  }

  @Override
  public Map<String, HostTensor> stageWeights(Map<String, HostTensor> trained) {
    return PictureRegression.encoderWeights(trained);
  }
}
