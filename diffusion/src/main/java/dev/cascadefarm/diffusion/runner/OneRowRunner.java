package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageRunner;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs a model that is done with a sample after one call. */
final class OneRowRunner implements StageRunner {
  private final OneRowStage model;

  OneRowRunner(OneRowStage model) {
    this.model = model;
  }

  @Override
  public Sample begin(SampleRequest request) {
    return new OneRowSample(model.begin(request));
  }

  @Override
  public void advance(List<Sample> samples) {
    List<Map<String, StageValue>> results = new ArrayList<>();
    for (Sample each : samples) {
      results.add(((OneRowSample) each).work.run());
    }
    for (int i = 0; i < results.size(); i++) {
      ((OneRowSample) samples.get(i)).outputs = results.get(i);
    }
  }

  @Override
  public void close() {
    model.close();
  }

  private static final class OneRowSample implements Sample {
    private final OneRowStage.Work work;
    private @Nullable Map<String, StageValue> outputs;

    OneRowSample(OneRowStage.Work work) {
      this.work = work;
    }

    @Override
    public int rowsDone() {
      return outputs == null ? 0 : 1;
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
      if (outputs == null) {
        throw new IllegalStateException("row 0 of 1 (expected: the last)");
      }
      return outputs;
    }

    @Override
    public List<String> warnings() {
      return work.warnings();
    }
  }
}
