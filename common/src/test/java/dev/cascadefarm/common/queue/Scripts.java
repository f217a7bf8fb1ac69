package dev.cascadefarm.common.queue;

import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** All scripts of the queue, for tests that have to know them by their digests. */
final class Scripts {
  private Scripts() {}

  static List<Script> all() {
    return Arrays.stream(Script.class.getDeclaredFields())
        .filter(field -> field.getType() == Script.class)
        .map(Scripts::value)
        .toList();
  }

  /** Names by SHA-1. */
  static Map<String, String> names() {
    return all().stream().collect(Collectors.toMap(Script::sha, Script::name));
  }

  private static Script value(Field field) {
    try {
      return (Script) field.get(null);
    } catch (IllegalAccessException e) {
      throw new AssertionError(e);
    }
  }
}
