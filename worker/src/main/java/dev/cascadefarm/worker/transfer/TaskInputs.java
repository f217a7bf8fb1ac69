package dev.cascadefarm.worker.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.cascade.RequestField;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.cascade.TensorSpec;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.store.PictureKeys;
import dev.cascadefarm.diffusion.stage.InvalidSampleException;
import dev.cascadefarm.diffusion.stage.SampleRequest;
import dev.cascadefarm.diffusion.stage.StageValue;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Brings together what a task's sample needs: words of the request, the pictures that the job was
 * given, and outputs of earlier stages by their committed manifests; pictures and outputs are
 * checked against their SHA-256. Thread-safe.
 */
public final class TaskInputs {
  private final StageBundle bundle;
  private final Artifacts artifacts;
  private final WorkerExecutor codec;

  /**
   * Inputs for the tasks of one bundle.
   *
   * @param codec decodes, off the event loop
   */
  public TaskInputs(StageBundle bundle, Artifacts artifacts, WorkerExecutor codec) {
    this.bundle = bundle;
    this.artifacts = artifacts;
    this.codec = codec;
  }

  /**
   * Fetches all inputs at once.
   *
   * @param wanted whether the result is still of use; asked before trying again
   * @return fails with {@link TransferException} if the store stays away or an artifact is damaged,
   *     with {@link InvalidSampleException} if an input cannot exist
   */
  public Future<SampleRequest> fetch(LeasedTask task, BooleanSupplier wanted) {
    PlannedStage stage = PictureWords.stage(task);
    List<Future<Input>> inputs =
        stage.inputs().entrySet().stream()
            .flatMap(each -> input(task, each.getKey(), each.getValue(), wanted).stream())
            .toList();
    return Future.all(inputs)
        .map(done -> request(task, stage, inputs.stream().map(Future::result)));
  }

  private Optional<Future<Input>> input(
      LeasedTask task, String name, String source, BooleanSupplier wanted) {
    if (RequestField.isSource(source)) {
      RequestField field = field(source);
      return task.spec().given(field).map(given -> given(task, name, field, given, wanted));
    }
    int dot = source.indexOf('.');
    String manifest = task.manifests().get(source.substring(0, dot));
    return Optional.of(
        manifest == null
            ? Future.failedFuture(
                new TransferException("no manifest for " + source + " (expected: a store key)"))
            : artifact(name, manifest, source.substring(dot + 1), wanted));
  }

  private Future<Input> given(
      LeasedTask task, String name, RequestField field, String given, BooleanSupplier wanted) {
    if (!field.picture()) {
      return Future.succeededFuture(new Input(name, new StageValue.Text(given)));
    }
    String key = PictureKeys.given(task.tenant(), task.id().job(), field);
    return artifacts
        .object(key, given, wanted)
        .compose(file -> decode(name, file))
        .map(value -> new Input(name, value));
  }

  private Future<Input> artifact(
      String name, String manifest, String output, BooleanSupplier wanted) {
    return artifacts
        .output(manifest, output, wanted)
        .compose(file -> decode(name, file))
        .map(value -> new Input(name, value));
  }

  private Future<StageValue> decode(String name, Artifacts.StoredFile file) {
    TensorSpec spec = bundle.inputs().get(name);
    if (spec == null) {
      return Future.failedFuture(
          new InvalidSampleException(
              "input: " + name + " (expected: one of " + bundle.inputs().keySet() + ")"));
    }
    return codec.executeBlocking(
        () -> Encoded.decode(file.key(), spec.media(), file.bytes()), false);
  }

  private static RequestField field(String source) {
    return RequestField.of(source)
        .orElseThrow(
            () ->
                new InvalidSampleException(
                    "input: "
                        + source
                        + " (expected: one of "
                        + Arrays.stream(RequestField.values()).map(RequestField::word).toList()
                        + ")"));
  }

  private static SampleRequest request(LeasedTask task, PlannedStage stage, Stream<Input> inputs) {
    Map<String, StageValue> values = new HashMap<>();
    inputs.forEach(input -> values.put(input.name, input.value));
    JsonNode settings = task.spec().settings().getOrDefault(stage.name(), WireJson.object());
    return new SampleRequest(stage.name(), PictureWords.imageSeed(task), settings, values);
  }

  private record Input(String name, StageValue value) {}
}
