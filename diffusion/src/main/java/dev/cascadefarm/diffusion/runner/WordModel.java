package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import java.util.ArrayList;
import java.util.List;

/** A {@link TextEncoder} with its words. */
final class WordModel implements CaptionModel {
  private final int length;
  private final TorchModule module;
  private final WordTokenizer tokenizer;

  WordModel(int length, TorchModule module, WordTokenizer tokenizer) {
    this.length = length;
    this.module = module;
    this.tokenizer = tokenizer;
  }

  @Override
  public Caption read(String text) {
    return read(tokenizer, length, text);
  }

  /** A caption of at most so many words; says which were of no use. */
  static Caption read(WordTokenizer tokenizer, int length, String text) {
    WordTokenizer.Tokens tokens = tokenizer.encode(text);
    List<String> remarks = new ArrayList<>();
    if (!tokens.unknown().isEmpty()) {
      remarks.add("words unknown to the model: " + String.join(", ", tokens.unknown()));
    }
    if (tokens.dropped() > 0) {
      remarks.add(
          "%d words beyond the first %d are ignored".formatted(tokens.dropped(), length - 1));
    }
    return new Caption(tokens.ids(), tokens.mask(), remarks);
  }

  @Override
  public Embedded embed(Caption caption) {
    Input ids = new Input.Longs(new long[] {1, length}, caption.ids());
    Input mask = new Input.Floats(HostTensor.of(caption.mask(), 1, length));
    return new Embedded(module.call(TextEncoder.ENCODE, List.of(ids, mask)).get(0), null);
  }

  @Override
  public void close() {
    module.close();
    tokenizer.close();
  }
}
