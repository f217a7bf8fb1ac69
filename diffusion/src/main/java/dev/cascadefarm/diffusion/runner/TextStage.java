package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.runner.CaptionModel.Caption;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Encodes captions. Takes {@code prompt} and maybe {@code negative_prompt}, gives {@code embeds}:
 * of each its tokens', their mask, and maybe that of the whole.
 */
final class TextStage implements OneRowStage {
  private final CaptionModel model;
  private final CaptionStyle style;

  TextStage(CaptionModel model) {
    this(model, CaptionStyle.AS_WRITTEN);
  }

  TextStage(CaptionModel model, CaptionStyle style) {
    this.model = model;
    this.style = style;
  }

  @Override
  public Work begin(SampleRequest request) {
    Map<String, Caption> captions = new LinkedHashMap<>();
    captions.put(CaptionTensors.PROMPT, read(CaptionTensors.PROMPT, request));
    if (request.inputs().containsKey(CaptionTensors.NEGATIVE_PROMPT)) {
      captions.put(CaptionTensors.NEGATIVE_PROMPT, read(CaptionTensors.NEGATIVE_PROMPT, request));
    } else {
      model
          .noCaption()
          .ifPresent(text -> captions.put(CaptionTensors.NEGATIVE_PROMPT, model.read(text)));
    }
    return new Captions(captions);
  }

  private Caption read(String input, SampleRequest request) {
    if (!(request.inputs().get(input) instanceof StageValue.Text caption)) {
      throw new InvalidSampleException(
          input + ": " + request.inputs().get(input) + " (expected: words)");
    }
    return model.read(style.apply(caption.text(), request.settings()));
  }

  @Override
  public void close() {
    model.close();
  }

  private final class Captions implements Work {
    private final Map<String, Caption> captions;

    Captions(Map<String, Caption> captions) {
      this.captions = captions;
    }

    @Override
    public Map<String, StageValue> run() {
      Map<String, HostTensor> tensors = new HashMap<>();
      captions.forEach(
          (input, caption) -> {
            CaptionModel.Embedded embedded = model.embed(caption);
            tensors.put(CaptionTensors.embeds(input), embedded.embeds());
            if (embedded.pooled() != null) {
              tensors.put(CaptionTensors.pooled(input), embedded.pooled());
            }
            tensors.put(
                CaptionTensors.mask(input),
                HostTensor.of(caption.mask(), 1, caption.mask().length));
          });
      return Map.of(CaptionTensors.EMBEDS, new StageValue.Tensors(tensors));
    }

    @Override
    public List<String> warnings() {
      List<String> warnings = new ArrayList<>();
      captions.forEach(
          (input, caption) -> caption.remarks().forEach(each -> warnings.add(input + ": " + each)));
      return warnings;
    }
  }
}
