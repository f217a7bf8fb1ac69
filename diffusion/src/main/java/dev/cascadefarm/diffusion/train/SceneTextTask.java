package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.scenes.Scene;
import dev.cascadefarm.diffusion.scenes.Texture;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.PictureRegression;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Teaches the text encoder by regressing pictures from captions: scenes at their nominal places,
 * which is all that a caption tells, with details made strong. Textures are details; at their
 * natural strength so little of the error is theirs that the encoder does not learn which object
 * they belong to. Fine textures do not show at all in the picture; a fourth channel shows them
 * magnified.
 */
final class SceneTextTask implements TrainingTask {
  private static final int COARSE_SIDE = 16;
  private static final int DETAIL_GAIN = 4;
  private static final int COLOURS = 3;

  /** Of its pictures: the colours, and the fine textures. */
  static final int CHANNELS = COLOURS + 1;

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
    List<Input> inputs = new ArrayList<>(batches.captions(step, scenes));
    inputs.add(new Input.Floats(targets(scenes.stream().map(Scene::nominal).toList())));
    return inputs;
  }

  /** {@code (B, 4, 64, 64)}: the picture, and its fine textures under a magnifying glass. */
  private HostTensor targets(List<Scene> scenes) {
    int side = PictureRegression.SIDE;
    int plane = side * side;
    float[] pictures = detailed(scenes);
    float[] magnified = picturesWith(scenes, Texture::magnified);
    float[] plain = picturesWith(scenes, texture -> Texture.PLAIN);
    float[] target = new float[scenes.size() * CHANNELS * plane];
    for (int i = 0; i < scenes.size(); i++) {
      int from = i * COLOURS * plane;
      int to = i * CHANNELS * plane;
      System.arraycopy(pictures, from, target, to, COLOURS * plane);
      for (int p = 0; p < plane; p++) {
        float detail = magnified[from + p] - plain[from + p];
        target[to + COLOURS * plane + p] = DETAIL_GAIN * detail;
      }
    }
    return HostTensor.of(target, scenes.size(), CHANNELS, side, side);
  }

  private float[] picturesWith(List<Scene> scenes, UnaryOperator<Texture> textures) {
    List<Scene> changed = scenes.stream().map(scene -> scene.retextured(textures)).toList();
    return batches.pictures(changed, PictureRegression.SIDE).data();
  }

  /** {@code (B, 3, 64, 64)}: what is finer than 16×16 counts {@link #DETAIL_GAIN} times. */
  private float[] detailed(List<Scene> scenes) {
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
    return target;
  }

  @Override
  public int batchSize(long step) {
    return batches.size();
  }

  @Override
  public Map<String, HostTensor> stageWeights(Map<String, HostTensor> trained) {
    return PictureRegression.encoderWeights(trained);
  }
}
