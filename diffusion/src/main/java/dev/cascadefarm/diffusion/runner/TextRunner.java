package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.engine.TorchModule;
import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import dev.cascadefarm.diffusion.text.TextEncoder;
import dev.cascadefarm.diffusion.text.TextEncoderConfig;
import dev.cascadefarm.diffusion.text.WordTokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a {@link TextEncoder}: one row. Takes {@code prompt} and maybe {@code negative_prompt},
 * gives {@code embeds}.
 */
final class TextRunner implements StageRunner {
  private final TextEncoderConfig config;
  private final TorchModule module;
  private final WordTokenizer tokenizer;

  TextRunner(TextEncoderConfig config, TorchModule module, WordTokenizer tokenizer) {
    this.config = config;
    this.module = module;
    this.tokenizer = tokenizer;
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
      ((TextSample) samples.get(i)).tensors.putAll(results.get(i));
    }
  }

  private Map<String, HostTensor> encode(TextSample sample) {
    Map<String, HostTensor> tensors = new HashMap<>();
    sample.tokens.forEach(
        (input, tokens) -> {
          HostTensor mask = HostTensor.of(tokens.mask(), 1, config.maxTextLen());
          Input ids = new Input.Longs(new long[] {1, config.maxTextLen()}, tokens.ids());
          HostTensor embeds =
              module.call(TextEncoder.ENCODE, List.of(ids, new Input.Floats(mask))).get(0);
          tensors.put(CaptionTensors.embeds(input), embeds);
          tensors.put(CaptionTensors.mask(input), mask);
        });
    return tensors;
  }

  @Override
  public void close() {
    module.close();
    tokenizer.close();
  }

  private final class TextSample implements Sample {
    private final Map<String, WordTokenizer.Tokens> tokens = new HashMap<>();
    private final Map<String, HostTensor> tensors = new HashMap<>();
    private final List<String> warnings = new ArrayList<>();

    void read(String input, SampleRequest request) {
      if (!(request.inputs().get(input) instanceof StageValue.Text caption)) {
        throw new InvalidSampleException(
            input + ": " + request.inputs().get(input) + " (expected: words)");
      }
      WordTokenizer.Tokens encoded = tokenizer.encode(caption.text());
      tokens.put(input, encoded);
      if (!encoded.unknown().isEmpty()) {
        warnings.add(
            input + ": words unknown to the model: " + String.join(", ", encoded.unknown()));
      }
      if (encoded.dropped() > 0) {
        warnings.add(
            "%s: %d words beyond the first %d are ignored"
                .formatted(input, encoded.dropped(), config.maxTextLen() - 1));
      }
    }

    @Override
    public int rowsDone() {
      return tensors.isEmpty() ? 0 : 1;
    }

    @Override
    public int rowsTotal() {
      return 1;
    }

    @Override
    public Optional<HostTensor> preview() {
      return Optional.empty();
    }

    @Override
    public Map<String, StageValue> outputs() {
      if (!done()) {
        throw new IllegalStateException("not encoded yet (expected: after one row)");
      }
      return Map.of(CaptionTensors.EMBEDS, new StageValue.Tensors(tensors));
    }

    @Override
    public List<String> warnings() {
      return List.copyOf(warnings);
    }
  }
}
