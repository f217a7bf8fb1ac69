package dev.cascadefarm.diffusion.engine;

import ai.djl.Device;
import ai.djl.MalformedModelException;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Parameter;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;
import ai.djl.training.ParameterStore;
import dev.cascadefarm.diffusion.graph.Archive;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.scratch.ScratchFolder;
import dev.cascadefarm.diffusion.stage.HostTensor;
import dev.cascadefarm.diffusion.stage.StageException;
import dev.cascadefarm.diffusion.stage.StoredTensor;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * An emitted model, loaded into libtorch. Every call takes host tensors and returns host tensors,
 * so nothing of the engine outlives a call. Use it from the process's engine thread only.
 */
public final class TorchModule implements AutoCloseable {
  private static final String FILE = "model.pt";

  private final Model model;
  private final Device device;

  /** What can be taught, by path; empty in a frozen model. */
  private final Map<String, Parameter> parameters;

  private TorchModule(Model model, Device device, Map<String, Parameter> parameters) {
    this.model = model;
    this.device = device;
    this.parameters = parameters;
  }

  /** How a model is loaded. */
  public enum Mode {
    /** For inference. */
    FROZEN,
    /** Parameters take gradients. */
    TRAINABLE
  }

  /**
   * Packs and loads a model.
   *
   * @param device {@code cpu} or {@code cuda:N}
   * @throws StageException if libtorch refuses it
   */
  public static TorchModule load(
      Graph graph, Map<String, ? extends StoredTensor> weights, String device, Mode mode) {
    return load(graph.name(), out -> Archive.write(graph, weights, out), device, mode);
  }

  /** What writes an archive. */
  @FunctionalInterface
  public interface Packing {
    /** Writes all of it; the stream stays open. */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Packs and loads a model that brings an archive of its own.
   *
   * @param name for messages
   * @param device {@code cpu} or {@code cuda:N}
   * @throws StageException if libtorch refuses it
   */
  public static TorchModule load(String name, Packing archive, String device, Mode mode) {
    Device target = device(device);
    Model model = Model.newInstance(name, target, "PyTorch");
    JniUtils.setGradMode(false);
    try {
      try (ScratchFolder folder = ScratchFolder.create()) {
        try (OutputStream out = Files.newOutputStream(folder.path().resolve(FILE))) {
          archive.writeTo(out);
        }
        Map<String, String> options =
            mode == Mode.TRAINABLE ? Map.of("trainParam", "true") : Map.of();
        model.load(folder.path(), FILE, options);
      }
      return new TorchModule(model, target, mode == Mode.TRAINABLE ? parameters(model) : Map.of());
    } catch (IOException e) {
      model.close();
      throw new UncheckedIOException(e);
    } catch (MalformedModelException | RuntimeException e) {
      model.close();
      throw new StageException(name + ": the engine refused the model", e);
    }
  }

  private static Device device(String name) {
    if (!name.matches("cpu|cuda:\\d+")) {
      throw new IllegalArgumentException("device: " + name + " (expected: cpu or cuda:N)");
    }
    return name.equals("cpu") ? Device.cpu() : Device.gpu(Integer.parseInt(name.substring(5)));
  }

  /** A tensor on its way into a call. */
  public sealed interface Input {
    /** Float32. */
    record Floats(HostTensor tensor) implements Input {}

    /** Int64. */
    record Longs(long[] shape, long[] data) implements Input {}
  }

  /**
   * Calls a method without gradients.
   *
   * @throws StageException if it fails; the cause quotes the emitted line
   */
  public List<HostTensor> call(String method, List<Input> inputs) {
    try (NDManager call = model.getNDManager().newSubManager(device)) {
      NDList outputs = forward(call, method, inputs, false);
      List<HostTensor> results = new ArrayList<>(outputs.size());
      for (NDArray each : outputs) {
        results.add(host(each));
      }
      return results;
    } catch (RuntimeException e) {
      throw new StageException(model.getName() + "." + method + " failed", e);
    }
  }

  /**
   * Calls a method that returns a scalar, and its derivative.
   *
   * @param gradients hears each parameter's path and gradient, in the model's order
   * @return the scalar
   */
  public float gradient(String method, List<Input> inputs, BiConsumer<String, float[]> gradients) {
    try (NDManager call = model.getNDManager().newSubManager(device)) {
      float loss;
      try (GradientCollector collector = call.getEngine().newGradientCollector()) {
        NDArray scalar = forward(call, method, inputs, true).singletonOrThrow();
        loss = scalar.getFloat();
        collector.backward(scalar);
      }
      JniUtils.setGradMode(false);
      for (var each : parameters.entrySet()) {
        PtNDArray array = (PtNDArray) each.getValue().getArray();
        if (!array.hasGradient()) {
          continue;
        }
        try (NDArray gradient = array.getGradient()) {
          gradients.accept(each.getKey(), gradient.toFloatArray());
        }
        JniUtils.zeroGrad(array);
      }
      return loss;
    } catch (RuntimeException e) {
      throw new StageException(model.getName() + "." + method + " failed in training", e);
    }
  }

  /** Paths of what can be taught; a model's constants are not among them. */
  public Set<String> trained() {
    return parameters.keySet();
  }

  /**
   * Overwrites a parameter's values.
   *
   * @throws IllegalArgumentException if the model has no such parameter
   */
  public void set(String path, float[] values) {
    Parameter parameter = parameters.get(path);
    if (parameter == null) {
      throw new IllegalArgumentException(
          "parameter: %s (expected: one of model %s)".formatted(path, model.getName()));
    }
    parameter.getArray().set(FloatBuffer.wrap(values));
  }

  private static Map<String, Parameter> parameters(Model model) {
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    for (var each : model.getBlock().getParameters()) {
      parameters.put(each.getKey(), each.getValue());
    }
    return Collections.unmodifiableMap(parameters);
  }

  private NDList forward(NDManager call, String method, List<Input> inputs, boolean training) {
    NDList arrays = new NDList();
    for (Input each : inputs) {
      arrays.add(array(call, each));
    }
    NDArray selector = call.create(0f);
    selector.setName("module_method:" + method);
    arrays.add(selector);
    return model.getBlock().forward(new ParameterStore(call, false), arrays, training);
  }

  private static NDArray array(NDManager manager, Input input) {
    if (input instanceof Input.Floats floats) {
      HostTensor tensor = floats.tensor();
      return manager.create(
          FloatBuffer.wrap(tensor.data()), new Shape(tensor.shape()), DataType.FLOAT32);
    }
    Input.Longs longs = (Input.Longs) input;
    return manager.create(LongBuffer.wrap(longs.data()), new Shape(longs.shape()), DataType.INT64);
  }

  private static HostTensor host(NDArray array) {
    return new HostTensor(array.getShape().getShape(), array.toFloatArray());
  }

  @Override
  public void close() {
    model.close();
  }
}
