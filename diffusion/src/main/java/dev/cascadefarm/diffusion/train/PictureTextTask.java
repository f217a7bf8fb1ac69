package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.PictureRegression;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Teaches a text encoder by regressing pictures from their captions. What is finer than 16×16 may
 * count more than it does in the picture, because captions name details that are a small part of
 * all error.
 */
public final class PictureTextTask extends PictureTask {
  private static final int COLOURS = 3;
  private static final int COARSE_SIDE = 16;
  private static final int BLOCK = PictureRegression.SIDE / COARSE_SIDE;

  private final TextEncoder encoder;
  private final WordTokenizer tokenizer;
  private final double detailGain;

  /**
   * Prepares the task.
   *
   * @param data whose frame is not read: the pictures are 64×64
   * @param tokenizer stays open
   * @param detailGain how much stronger details are made; 1 for pictures as they are
   */
  public PictureTextTask(
      TextEncoder encoder, StageData data, WordTokenizer tokenizer, double detailGain) {
    super(data);
    this.encoder = encoder;
    this.tokenizer = tokenizer;
    this.detailGain = detailGain;
  }

  @Override
  public Graph graph() {
    return new PictureRegression(encoder, COLOURS).graph();
  }

  @Override
  public String lossMethod() {
    return PictureRegression.LOSS;
  }

  @Override
  List<Input> inputs(Shown shown) {
    long[] indices = shown.indices();
    int length = encoder.config().maxTextLen();
    List<Input> inputs = new ArrayList<>(WordCaptions.tokens(tokenizer, length, shown.captions()));
    int side = PictureRegression.SIDE;
    int each = COLOURS * side * side;
    float[] targets = new float[indices.length * each];
    for (int i = 0; i < indices.length; i++) {
      target(shown.batches().pictures().picture(indices[i], side).data(), targets, i * each);
    }
    inputs.add(new Input.Floats(HostTensor.of(targets, indices.length, COLOURS, side, side)));
    return inputs;
  }

  private void target(float[] picture, float[] to, int start) {
    int side = PictureRegression.SIDE;
    for (int cell = 0; cell < COLOURS * COARSE_SIDE * COARSE_SIDE; cell++) {
      int corner = (cell / COARSE_SIDE * BLOCK) * side + cell % COARSE_SIDE * BLOCK;
      double sum = 0;
      for (int k = 0; k < BLOCK * BLOCK; k++) {
        sum += picture[corner + k / BLOCK * side + k % BLOCK];
      }
      double mean = sum / (BLOCK * BLOCK);
      for (int k = 0; k < BLOCK * BLOCK; k++) {
        int at = corner + k / BLOCK * side + k % BLOCK;
        to[start + at] = (float) (2 * (mean + detailGain * (picture[at] - mean)) - 1);
      }
    }
  }

  @Override
  public Map<String, HostTensor> stageWeights(Map<String, HostTensor> trained) {
    return PictureRegression.encoderWeights(trained);
  }
}
