package dev.cascadefarm.diffusion.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model under construction: its parameters and the methods written so far. Several methods share
 * parameters by using the same paths. Not thread-safe.
 */
public final class Graph {
  private final String name;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  private final Map<String, Method> methods = new LinkedHashMap<>();
  private @Nullable String guest;

  /**
   * Starts an empty model.
   *
   * @param name class name in the emitted code, a Java identifier
   */
  public Graph(String name) {
    if (!name.matches("[A-Za-z][A-Za-z0-9]*")) {
      throw new GraphException("graph: " + name + " (expected: letters and digits)");
    }
    this.name = name;
  }

  /**
   * Writes a method by running {@code body} once.
   *
   * @param body declares inputs on the method, computes, and returns the outputs in order
   */
  public Graph method(String method, Function<Method, List<Tensor>> body) {
    Method written = new Method(this, method);
    if (methods.putIfAbsent(method, written) != null) {
      throw new GraphException(name + "." + method + ": written twice (expected: once)");
    }
    written.finish(body.apply(written));
    return this;
  }

  public String name() {
    return name;
  }

  /** Where the class is: beside a guest's it has a place that no other file uses. */
  public String module() {
    return guest == null ? "__torch__" : "__torch__.cascadefarm";
  }

  String qualifiedName() {
    return module() + "." + name;
  }

  /** All parameters and buffers, in the order of their first use. */
  public Collection<Parameter> parameters() {
    return List.copyOf(parameters.values());
  }

  /** The emitted TorchScript. */
  public String code() {
    List<String> lines = new ArrayList<>();
    lines.add("class " + name + "(Module):");
    lines.add("  __parameters__ = " + names(true));
    lines.add("  __buffers__ = " + names(false));
    lines.add("  __annotations__ = []");
    for (Parameter each : parameters.values()) {
      lines.add("  __annotations__[\"" + each.path() + "\"] = Tensor");
    }
    if (guest != null) {
      lines.add("  __annotations__[\"" + Guest.ATTRIBUTE + "\"] = " + guest);
    }
    methods.values().forEach(method -> lines.addAll(method.code()));
    return String.join("\n", lines) + "\n";
  }

  private String names(boolean trainable) {
    StringBuilder list = new StringBuilder("[");
    for (Parameter each : parameters.values()) {
      if (each.trainable() == trainable) {
        list.append('"').append(each.path()).append("\", ");
      }
    }
    return list.append(']').toString();
  }

  /** Takes a guest in; all of a graph's guests are methods of one object. */
  void declare(Guest wanted) {
    if (guest != null && !guest.equals(wanted.type())) {
      throw new GraphException(
          "%s: guest %s (expected: %s as before)".formatted(name, wanted.type(), guest));
    }
    guest = wanted.type();
  }

  void declare(Parameter parameter) {
    Parameter earlier = parameters.putIfAbsent(parameter.path(), parameter);
    if (earlier != null && !earlier.sameShape(parameter.shape())) {
      throw new GraphException(
          parameter.path()
              + ": shape "
              + Arrays.toString(parameter.shape())
              + " (expected: "
              + Arrays.toString(earlier.shape())
              + " as at its first use)");
    }
  }
}
