package dev.cascadefarm.diffusion.torchscript;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.diffusion.graph.DType;
import dev.cascadefarm.diffusion.graph.Graph;
import dev.cascadefarm.diffusion.graph.Guest;
import dev.cascadefarm.diffusion.graph.Method;
import dev.cascadefarm.diffusion.graph.ScalarType;
import dev.cascadefarm.diffusion.graph.Scope;
import dev.cascadefarm.diffusion.graph.Tensor;
import dev.cascadefarm.diffusion.json.ConfigFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A call of a guest: its method, and what that takes and gives, in order. Immutable.
 *
 * @param inputs the arguments
 * @param outputs the first of the answers
 */
public record GuestCall(String method, List<GuestTensor> inputs, List<GuestTensor> outputs) {
  /** The method of {@link #graph}: arguments and answers as the farm knows them. */
  public static final String RUN = "run";

  /** The method of {@link #addRaw}: arguments and answers as the guest knows them. */
  public static final String RAW = "raw";

  private static final int MOST_TENSORS = 16;

  public GuestCall {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Reads {@code method}, {@code inputs} and {@code outputs} of a description. */
  static GuestCall parse(ConfigFile file, String place) {
    String method = file.text("method", "forward");
    if (!method.matches("[A-Za-z_]\\w{0,99}")) {
      throw file.refused("method", method, "the name of a method");
    }
    List<GuestTensor> inputs = tensors(file, place, "inputs");
    List<GuestTensor> outputs = tensors(file, place, "outputs");
    return new GuestCall(method, inputs, outputs);
  }

  private static List<GuestTensor> tensors(ConfigFile file, String place, String key) {
    @Nullable JsonNode list = file.value(key);
    if (list == null || !list.isArray() || list.isEmpty() || list.size() > MOST_TENSORS) {
      throw file.refused(
          key,
          list == null ? "missing" : list,
          "a list of 1 to %d tensors".formatted(MOST_TENSORS));
    }
    List<GuestTensor> tensors = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < list.size(); i++) {
      GuestTensor tensor = GuestTensor.parse(list.get(i), "%s: %s[%d]".formatted(place, key, i));
      if (!names.add(tensor.name()) && !tensor.name().equals(GuestTensor.UNUSED)) {
        throw file.refused(key, tensor.name() + " twice", "each name once");
      }
      tensors.add(tensor);
    }
    return tensors;
  }

  /** The argument of that name. */
  public Optional<GuestTensor> input(String name) {
    return inputs.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  /** The answer of that name. */
  public Optional<GuestTensor> output(String name) {
    return outputs.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  List<String> inputNames() {
    return inputs.stream().map(GuestTensor::name).toList();
  }

  List<String> outputNames() {
    return outputs.stream().map(GuestTensor::name).toList();
  }

  /** The arguments as they are described. */
  public String described() {
    return inputs.stream()
        .map(each -> "%s %s %s".formatted(each.name(), each.dtype().word(), each.written()))
        .collect(Collectors.joining(", "));
  }

  List<ScalarType> types() {
    return inputs.stream().map(GuestTensor::dtype).toList();
  }

  /**
   * Calls a guest from a method.
   *
   * @param values by the names of the inputs
   * @return by the names of the outputs
   */
  Map<String, Tensor> apply(Scope scope, Guest guest, Map<String, Tensor> values) {
    List<Tensor> arguments =
        inputs.stream()
            .map(each -> each.heard(Objects.requireNonNull(values.get(each.name()), each.name())))
            .toList();
    List<Tensor> answers = scope.call(guest, arguments, shapes());
    Map<String, Tensor> results = new LinkedHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      if (!outputs.get(i).name().equals(GuestTensor.UNUSED)) {
        results.put(outputs.get(i).name(), outputs.get(i).said(answers.get(i)));
      }
    }
    return results;
  }

  private List<long[]> shapes() {
    return outputs.stream().map(each -> each.batched(Tensor.ANY)).toList();
  }

  /** A program that is one call; its outputs are the used ones in their order. */
  public Graph graph(Guest guest) {
    return new Graph("GuestCall").method(RUN, method -> run(method, guest));
  }

  private List<Tensor> run(Method method, Guest guest) {
    List<Tensor> arguments = arguments(method);
    Map<String, Tensor> values = new LinkedHashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      values.put(inputs.get(i).name(), arguments.get(i));
    }
    return List.copyOf(apply(method.root(), guest, values).values());
  }

  /** Adds a method that passes arguments and answers on as they are. */
  public Graph addRaw(Graph graph, Guest guest) {
    return graph.method(RAW, method -> method.root().call(guest, arguments(method), shapes()));
  }

  private List<Tensor> arguments(Method method) {
    return Stream.iterate(0, i -> i < inputs.size(), i -> i + 1)
        .map(i -> argument(method, i))
        .toList();
  }

  private Tensor argument(Method method, int index) {
    GuestTensor input = inputs.get(index);
    DType type = input.dtype().fractional() ? DType.FLOAT32 : DType.INT64;
    return method.input("a" + index, type, input.batched(Tensor.ANY));
  }
}
