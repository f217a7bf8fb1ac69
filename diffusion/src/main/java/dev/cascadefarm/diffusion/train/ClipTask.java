package dev.cascadefarm.diffusion.train;

import dev.cascadefarm.diffusion.check.Check;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.unclip.Clip;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Teaches a CLIP on captioned pictures: within a batch each picture is to find its caption and each
 * caption its picture, where pictures with the same tokens in their caption do not compete. A batch
 * that is taken in parts has only its parts to choose from.
 */
public final class ClipTask extends PictureTask {
  private final Clip clip;
  private final WordTokenizer tokenizer;
  private final PictureTensors pictures;

  private ClipTask(Clip clip, StageData data, WordTokenizer tokenizer) {
    super(data);
    this.clip = clip;
    this.tokenizer = tokenizer;
    this.pictures = PictureTensors.of(data);
  }

  /**
   * Prepares the task.
   *
   * @param tokenizer of captions as long as the CLIP's; stays open
   * @throws IllegalArgumentException naming what does not fit together
   */
  public static ClipTask of(Clip clip, StageData data, WordTokenizer tokenizer) {
    StageData.Frame frame = data.frame();
    Check.require(clip.config().channels() == 3, "channels", clip.config().channels(), "3");
    Check.require(
        frame.side() == clip.config().side(), "side", frame.side(), "" + clip.config().side());
    Check.require(frame.lowresSide() == 0, "lowres_side", frame.lowresSide(), "0");
    return new ClipTask(clip, data, tokenizer);
  }

  @Override
  public Graph graph() {
    return clip.trainingGraph();
  }

  @Override
  public String lossMethod() {
    return Clip.LOSS;
  }

  @Override
  List<Input> inputs(Shown shown) {
    List<Input> tokens =
        WordCaptions.tokens(tokenizer, clip.config().maxTextLen(), shown.captions());
    Input captions = new Input.Floats(captions((Input.Longs) tokens.get(0)));
    return List.of(new Input.Floats(pictures.whole(shown)), tokens.get(0), tokens.get(1), captions);
  }

  /** The same number for equal rows of ids. */
  private static HostTensor captions(Input.Longs ids) {
    int length = (int) ids.shape()[1];
    Map<LongBuffer, Integer> first = new HashMap<>();
    float[] captions = new float[(int) ids.shape()[0]];
    for (int i = 0; i < captions.length; i++) {
      LongBuffer row = LongBuffer.wrap(ids.data(), i * length, length);
      captions[i] = first.computeIfAbsent(row, each -> first.size());
    }
    return HostTensor.of(captions, captions.length);
  }
}
