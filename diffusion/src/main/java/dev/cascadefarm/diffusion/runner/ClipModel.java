package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.clip.ClipTextEncoder;
import dev.cascadefarm.diffusion.clip.ClipTokenizer;
import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A CLIP's text model. It was trained on padded captions, and embeds the padding too. */
final class ClipModel implements CaptionModel {
  private static final int ENDS = 2;

  private final TorchModule module;
  private final ClipTokenizer tokenizer;

  ClipModel(TorchModule module, ClipTokenizer tokenizer) {
    this.module = module;
    this.tokenizer = tokenizer;
  }

  @Override
  public Caption read(String text) {
    ClipTokenizer.Tokens tokens = tokenizer.encode(text);
    float[] mask = new float[tokens.ids().length];
    Arrays.fill(mask, 0, tokens.own(), 1);
    List<String> remarks =
        tokens.dropped() == 0
            ? List.of()
            : List.of(
                "%d tokens beyond the first %d are ignored"
                    .formatted(tokens.dropped(), mask.length - ENDS));
    return new Caption(tokens.ids(), mask, remarks);
  }

  /** Models that are guided by a CLIP were trained with the empty caption as "no caption". */
  @Override
  public Optional<String> noCaption() {
    return Optional.of("");
  }

  @Override
  public Embedded embed(Caption caption) {
    Input ids = new Input.Longs(new long[] {1, caption.ids().length}, caption.ids());
    List<HostTensor> outputs = module.call(ClipTextEncoder.ENCODE, List.of(ids));
    return new Embedded(outputs.get(0), outputs.get(1));
  }

  @Override
  public void close() {
    module.close();
    tokenizer.close();
  }
}
