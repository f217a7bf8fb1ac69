package dev.cascadefarm.diffusion.runner;

import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.Sample;
import dev.cascadefarm.diffusion.stage.StageValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A sample that one row turns into named tensors, the output {@code embeds}. Not thread-safe. */
abstract class EmbedsSample implements Sample {
  private final Map<String, HostTensor> tensors = new HashMap<>();

  /** Makes the one row. */
  final void finish(Map<String, HostTensor> results) {
    tensors.putAll(results);
  }

  @Override
  public final int rowsDone() {
    return tensors.isEmpty() ? 0 : 1;
  }

  @Override
  public final int rowsTotal() {
    return 1;
  }

  @Override
  public final Optional<HostTensor> preview() {
    return Optional.empty();
  }

  @Override
  public final Map<String, StageValue> outputs() {
    if (!done()) {
      throw new IllegalStateException("not encoded yet (expected: after one row)");
    }
    return Map.of(CaptionTensors.EMBEDS, new StageValue.Tensors(tensors));
  }

  @Override
  public List<String> warnings() {
    return List.of();
  }
}
