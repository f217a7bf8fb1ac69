package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.text.HubTokenizer;
import dev.cascadefarm.diffusion.torchscript.GuestCall;
import dev.cascadefarm.diffusion.torchscript.GuestPredictor;
import dev.cascadefarm.diffusion.torchscript.GuestStage;
import dev.cascadefarm.diffusion.torchscript.GuestTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A TorchScript file that encodes captions, with its tokenizer. */
final class GuestTextModel implements CaptionModel {
  private final GuestStage stage;
  private final TorchModule module;
  private final HubTokenizer tokenizer;

  GuestTextModel(GuestStage stage, TorchModule module, HubTokenizer tokenizer) {
    this.stage = stage;
    this.module = module;
    this.tokenizer = tokenizer;
  }

  @Override
  public Caption read(String text) {
    return read(stage, tokenizer, text);
  }

  /** A caption's tokens, cut and filled to the number that the model takes. */
  static Caption read(GuestStage stage, HubTokenizer tokenizer, String text) {
    int length = stage.call().input(GuestStage.IDS).orElseThrow().shape().get(0);
    long[] all = tokenizer.ids(text);
    long[] own = HubTokenizer.cut(all, length);
    long[] ids = Arrays.copyOf(own, length);
    Arrays.fill(ids, own.length, length, stage.words().padding());
    float[] mask = new float[length];
    Arrays.fill(mask, 0, own.length, 1);
    List<String> remarks =
        all.length <= length
            ? List.of()
            : List.of(
                "%d tokens beyond the first %d are ignored"
                    .formatted(all.length - length, length - 1));
    return new Caption(ids, mask, remarks);
  }

  @Override
  public Optional<String> noCaption() {
    return stage.words().noCaption();
  }

  @Override
  public Embedded embed(Caption caption) {
    List<HostTensor> outputs = module.call(GuestCall.RUN, inputs(stage, caption));
    @Nullable HostTensor embeds = null;
    @Nullable HostTensor pooled = null;
    List<String> names = new ArrayList<>();
    stage.call().outputs().stream()
        .map(GuestTensor::name)
        .filter(each -> !each.equals(GuestTensor.UNUSED))
        .forEach(names::add);
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(GuestPredictor.EMBEDS)) {
        embeds = outputs.get(i);
      } else {
        pooled = outputs.get(i);
      }
    }
    return new Embedded(Objects.requireNonNull(embeds), pooled);
  }

  /** The arguments of one call, in their order. */
  static List<Input> inputs(GuestStage stage, Caption caption) {
    List<Input> inputs = new ArrayList<>();
    for (GuestTensor each : stage.call().inputs()) {
      long[] shape = each.batched(1);
      if (each.name().equals(GuestStage.IDS)) {
        inputs.add(new Input.Longs(shape, caption.ids()));
      } else if (each.dtype().fractional()) {
        inputs.add(new Input.Floats(new HostTensor(shape, caption.mask())));
      } else {
        inputs.add(new Input.Longs(shape, whole(caption.mask())));
      }
    }
    return inputs;
  }

  private static long[] whole(float[] mask) {
    long[] whole = new long[mask.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (long) mask[i];
    }
    return whole;
  }

  @Override
  public void close() {
    module.close();
    tokenizer.close();
  }
}
