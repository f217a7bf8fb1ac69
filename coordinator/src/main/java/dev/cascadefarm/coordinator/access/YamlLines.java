package dev.cascadefarm.coordinator.access;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * In which lines of a YAML text its values stand.
 *
 * @param lines by JSON Pointer, 1-based
 * @param repeated dotted paths of keys that are there more than once
 */
record YamlLines(Map<String, Integer> lines, List<String> repeated) {
  YamlLines {
    lines = Map.copyOf(lines);
    repeated = List.copyOf(repeated);
  }

  static YamlLines of(ObjectMapper yaml, byte[] text) throws IOException {
    Map<String, Integer> lines = new HashMap<>();
    List<String> repeated = new ArrayList<>();
    try (JsonParser parser = yaml.createParser(text)) {
      while (parser.nextToken() != null) {
        String pointer = parser.getParsingContext().pathAsPointer().toString();
        int line = parser.currentTokenLocation().getLineNr();
        boolean known = lines.putIfAbsent(pointer, line) != null;
        if (known && parser.hasToken(JsonToken.FIELD_NAME)) {
          lines.put(pointer, line);
          repeated.add(pointer.substring(1).replace('/', '.'));
        }
      }
    }
    return new YamlLines(lines, repeated);
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
