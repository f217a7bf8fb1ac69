package dev.cascadefarm.coordinator.access;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * In which lines of a YAML text its values stand.
 *
 * @param lines by JSON Pointer, 1-based
 */
record YamlLines(Map<String, Integer> lines) {
  YamlLines {
    lines = Map.copyOf(lines);
  }

  static YamlLines of(ObjectMapper yaml, byte[] text) throws IOException {
    Map<String, Integer> lines = new HashMap<>();
    try (JsonParser parser = yaml.createParser(text)) {
      while (parser.nextToken() != null) {
        lines.putIfAbsent(
            parser.getParsingContext().pathAsPointer().toString(),
            parser.currentTokenLocation().getLineNr());
      }
    }
    return new YamlLines(lines);
  }

  /** {@code :LINE} of what a dotted path names, or of what surrounds it; empty for the text. */
  String of(String field) {
    String pointer = field.isEmpty() ? "" : "/" + field.replace('.', '/');
    while (!pointer.isEmpty() && !lines.containsKey(pointer)) {
      pointer = pointer.substring(0, pointer.lastIndexOf('/'));
    }
    return pointer.isEmpty() ? "" : ":" + lines.get(pointer);
  }
}
