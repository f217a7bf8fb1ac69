package dev.cascadefarm.standalone.minimagen;

import dev.cascadefarm.diffusion.engine.TorchModule.Input;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.train.TrainingTask;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A task whose weights start where others left off.
 *
 * @param weights asked for once, if there is no state to resume; empty for fresh ones
 */
record RestartedTask(TrainingTask task, Supplier<Map<String, HostTensor>> weights)
    implements TrainingTask {
  @Override
  public Map<String, HostTensor> initialWeights(long seed) {
    Map<String, HostTensor> given = weights.get();
    return given.isEmpty() ? task.initialWeights(seed) : given;
  }

  @Override
  public Graph graph() {
    return task.graph();
  }

  @Override
  public String lossMethod() {
    return task.lossMethod();
  }

  @Override
  public List<Input> batch(long number) {
    return task.batch(number);
  }

  @Override
  public int batchSize(long batch) {
    return task.batchSize(batch);
  }

  @Override
  public int validationBatches() {
    return task.validationBatches();
  }

  @Override
  public List<Input> validationBatch(int index) {
    return task.validationBatch(index);
  }

  @Override
  public Map<String, HostTensor> stageWeights(Map<String, HostTensor> trained) {
    return task.stageWeights(trained);
  }

  @Override
  public void close() {
    task.close();
  }
}
