package dev.cascadefarm.diffusion.weights;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle of tensors may hold. Values may be nested deeply or share parts: never compare,
 * hash or print one.
 */
sealed interface PickleValue {
  /** What it is, for messages. */
  String kind();

  /** A string. */
  record Text(String text) implements PickleValue {
    @Override
    public String kind() {
      return "a string";
    }
  }

  /** A whole number. */
  record Whole(long number) implements PickleValue {
    @Override
    public String kind() {
      return "a number";
    }
  }

  /** A truth value. */
  record Flag(boolean value) implements PickleValue {
    @Override
    public String kind() {
      return "a truth value";
    }
  }

  /** Python's None. */
  record None() implements PickleValue {
    @Override
    public String kind() {
      return "None";
    }
  }

  /** A class or function, named {@code module.name}. */
  record Global(String name) implements PickleValue {
    @Override
    public String kind() {
      return name;
    }
  }

  /** A tuple. */
  record Tuple(List<PickleValue> values) implements PickleValue {
    @Override
    public String kind() {
      return "a tuple";
    }
  }

  /** A dictionary with strings for keys; it grows while the pickle is read. */
  record Dict(Map<String, PickleValue> values) implements PickleValue {
    Dict() {
      this(new LinkedHashMap<>());
    }

    @Override
    public String kind() {
      return "a dictionary";
    }
  }

  /** Numbers that tensors lie in. */
  record Storage(ElementType type, ByteBuffer bytes) implements PickleValue {
    @Override
    public String kind() {
      return "a storage";
    }
  }

  /** A tensor. */
  record Array(TensorView view) implements PickleValue {
    @Override
    public String kind() {
      return "a tensor";
    }
  }
}
