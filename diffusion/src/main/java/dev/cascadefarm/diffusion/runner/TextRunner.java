package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.runner.CaptionModel.Caption;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a {@link CaptionModel}: one row. Takes {@code prompt} and maybe {@code negative_prompt},
 * gives {@code embeds}: of each its tokens', their mask, and maybe that of the whole.
 */
final class TextRunner implements StageRunner {
  private final CaptionModel model;

  TextRunner(CaptionModel model) {
    this.model = model;
  }

  @Override
  public Sample begin(SampleRequest request) {
    TextSample sample = new TextSample();
    sample.read(CaptionTensors.PROMPT, request);
    if (request.inputs().containsKey(CaptionTensors.NEGATIVE_PROMPT)) {
      sample.read(CaptionTensors.NEGATIVE_PROMPT, request);
    }
    return sample;
  }

  @Override
  public void advance(List<Sample> samples) {
    List<Map<String, HostTensor>> results = new ArrayList<>();
    for (Sample each : samples) {
      results.add(encode((TextSample) each));
    }
    for (int i = 0; i < results.size(); i++) {
      ((TextSample) samples.get(i)).finish(results.get(i));
    }
  }

  private Map<String, HostTensor> encode(TextSample sample) {
    Map<String, HostTensor> tensors = new HashMap<>();
    sample.captions.forEach(
        (input, caption) -> {
          CaptionModel.Embedded embedded = model.embed(caption);
          tensors.put(CaptionTensors.embeds(input), embedded.embeds());
          tensors.put(
              CaptionTensors.mask(input), HostTensor.of(caption.mask(), 1, caption.mask().length));
          if (embedded.pooled() != null) {
            tensors.put(CaptionTensors.pooled(input), embedded.pooled());
          }
        });
    return tensors;
  }

  @Override
  public void close() {
    model.close();
  }

  private final class TextSample extends EmbedsSample {
    private final Map<String, Caption> captions = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();

    void read(String input, SampleRequest request) {
      if (!(request.inputs().get(input) instanceof StageValue.Text caption)) {
        throw new InvalidSampleException(
            input + ": " + request.inputs().get(input) + " (expected: words)");
      }
      Caption read = model.read(caption.text());
      captions.put(input, read);
      read.remarks().forEach(each -> warnings.add(input + ": " + each));
    }

    @Override
    public List<String> warnings() {
      return List.copyOf(warnings);
    }
  }
}
