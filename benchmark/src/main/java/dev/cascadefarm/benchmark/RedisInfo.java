package dev.cascadefarm.benchmark;

import java.util.Map;
import java.util.TreeMap;

/** What a Redis says of itself: the lines of its {@code INFO}. */
record RedisInfo(Map<String, String> lines) {
  static RedisInfo of(String text) {
    Map<String, String> lines = new TreeMap<>();
    text.lines()
        .filter(line -> line.contains(":"))
        .forEach(line -> lines.put(line.split(":", 2)[0], line.split(":", 2)[1]));
    return new RedisInfo(lines);
  }

  /** A whole number, 0 if it is not there. */
  long number(String name) {
    return Long.parseLong(lines.getOrDefault(name, "0"));
  }

  /** A part of a line like {@code calls=3,usec=15}; 0 if it is not there. */
  double part(String name, String part) {
    for (String pair : lines.getOrDefault(name, "").split(",", -1)) {
      if (pair.startsWith(part + "=")) {
        return Double.parseDouble(pair.substring(part.length() + 1));
      }
    }
    return 0;
  }
}
