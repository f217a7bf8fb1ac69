package dev.cascadefarm.diffusion.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A method of a {@link Graph} while it is being written. Not thread-safe. */
public final class Method {
  private final Graph graph;
  private final String name;
  private final List<String> inputs = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();
  private final Map<String, Tensor> loaded = new HashMap<>();
  private String result = "Tensor";
  private String latest = "its start";
  private int variables;

  Method(Graph graph, String name) {
    this.graph = graph;
    this.name = name;
  }

  /** Declares the next input; callers pass tensors in this order. */
  public Tensor input(String input, DType dtype, long... shape) {
    inputs.add(input);
    return new Tensor(this, input, dtype, shape);
  }

  /** Declares the next input, a float32 tensor. */
  public Tensor input(String input, long... shape) {
    return input(input, DType.FLOAT32, shape);
  }

  /** The root of the parameter tree. */
  public Scope root() {
    return new Scope(this, "");
  }

  Tensor parameter(Parameter parameter) {
    graph.declare(parameter);
    latest = parameter.path();
    return loaded.computeIfAbsent(
        parameter.path(),
        path -> emit("getattr(self, \"" + path + "\")", DType.FLOAT32, parameter.shape()));
  }

  /** Calls a guest; the answers as float32, of these shapes. */
  List<Tensor> call(Guest guest, List<Tensor> arguments, List<long[]> answers) {
    graph.declare(guest);
    StringBuilder given = new StringBuilder();
    for (int i = 0; i < arguments.size(); i++) {
      given.append(converted(arguments.get(i).variable(), guest.takes().get(i))).append(", ");
    }
    String call = "(getattr(self, \"%s\")).%s(%s)";
    Tensor whole = emit(call.formatted(Guest.ATTRIBUTE, guest.method(), given), DType.FLOAT32);
    List<Tensor> results = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      String part = guest.single() ? whole.variable() : "(%s)[%d]".formatted(whole.variable(), i);
      results.add(emit(converted(part, ScalarType.FLOAT32), DType.FLOAT32, answers.get(i)));
    }
    return results;
  }

  private static String converted(String expression, ScalarType type) {
    return "torch.to(%s, %d)".formatted(expression, type.number());
  }

  /** An error that says where in the model: after which parameter was used. */
  GraphException error(String message) {
    return new GraphException("%s.%s, after %s: %s".formatted(graph.name(), name, latest, message));
  }

  Tensor emit(String expression, DType dtype, long... shape) {
    String variable = "_" + variables++;
    lines.add(variable + " = " + expression);
    return new Tensor(this, variable, dtype, shape);
  }

  void finish(List<Tensor> outputs) {
    if (outputs.size() == 1) {
      lines.add("return " + outputs.get(0).variable());
      return;
    }
    List<String> variablesOut = outputs.stream().map(Tensor::variable).toList();
    lines.add("return (" + String.join(", ", variablesOut) + ")");
    result =
        "Tuple[" + String.join(", ", variablesOut.stream().map(each -> "Tensor").toList()) + "]";
  }

  List<String> code() {
    List<String> code = new ArrayList<>();
    StringBuilder head = new StringBuilder("  def " + name + "(self: " + graph.qualifiedName());
    inputs.forEach(input -> head.append(",\n    ").append(input).append(": Tensor"));
    code.add(head + ") -> " + result + ":");
    lines.forEach(line -> code.add("    " + line));
    return code;
  }
}
