package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import dev.cascadefarm.diffusion.unclip.Clip;
import java.util.List;

/**
 * The half of an unCLIP's {@link Clip} that reads captions, with its words. What it guides has a
 * "no caption" of its own, so it says nothing where no negative prompt is given.
 */
final class UnclipTextModel implements CaptionModel {
  private final int length;
  private final TorchModule module;
  private final WordTokenizer tokenizer;

  UnclipTextModel(int length, TorchModule module, WordTokenizer tokenizer) {
    this.length = length;
    this.module = module;
    this.tokenizer = tokenizer;
  }

  @Override
  public Caption read(String text) {
    return WordModel.read(tokenizer, length, text);
  }

  @Override
  public Embedded embed(Caption caption) {
    Input ids = new Input.Longs(new long[] {1, length}, caption.ids());
    Input mask = new Input.Floats(HostTensor.of(caption.mask(), 1, length));
    List<HostTensor> outputs = module.call(Clip.ENCODE_TEXT, List.of(ids, mask));
    return new Embedded(outputs.get(0), outputs.get(1));
  }

  @Override
  public void close() {
    module.close();
    tokenizer.close();
  }
}
