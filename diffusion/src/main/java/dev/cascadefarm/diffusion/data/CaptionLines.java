package dev.cascadefarm.diffusion.data;

import static dev.cascadefarm.diffusion.data.DataException.require;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * The lines of a {@code captions.jsonl}: {@code {"file": "images/000000.png", "caption": "…"}}. A
 * {@code spec} may stand beside them and is not read. A line that is not of this form is an error;
 * a caption that cannot be used is the rules' business.
 */
final class CaptionLines {
  static final String FILE = "captions.jsonl";

  private static final int MAX_LINES = 1_000_000;
  private static final int MAX_LINE_CHARACTERS = 1 << 17;
  private static final Set<String> KEYS = Set.of("file", "caption", "spec");
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private CaptionLines() {}

  /**
   * One example.
   *
   * @param where file and line, for messages
   */
  record Line(String where, Path file, String caption) {}

  /** The lines whose captions can be used. */
  static List<Line> read(Path folder, Skipped skipped) {
    Path file = folder.resolve(FILE);
    List<Line> lines = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      int number = 0;
      for (String text = reader.readLine(); text != null; text = reader.readLine()) {
        number++;
        String where = file + ":" + number;
        require(number <= MAX_LINES, where, "one line too many", "at most " + MAX_LINES);
        if (!text.isBlank()) {
          add(lines, line(folder, where, text), skipped);
        }
      }
    } catch (IOException e) {
      throw new DataException(file + ": cannot be read: " + e.getMessage(), e);
    }
    return lines;
  }

  private static void add(List<Line> lines, Line line, Skipped skipped) {
    int length = line.caption().length();
    if (line.caption().isBlank()) {
      skipped.add(Fault.EMPTY_CAPTION, line.where(), "caption: \"\" (expected: words)");
    } else if (length > Rules.MAX_CAPTION_CHARACTERS) {
      skipped.add(
          Fault.LONG_CAPTION,
          line.where(),
          "caption: %d characters (expected: at most %d)"
              .formatted(length, Rules.MAX_CAPTION_CHARACTERS));
    } else {
      lines.add(line);
    }
  }

  private static Line line(Path folder, String where, String text) {
    require(
        text.length() <= MAX_LINE_CHARACTERS,
        where,
        text.length() + " characters",
        "at most " + MAX_LINE_CHARACTERS);
    JsonNode object = object(where, text);
    for (Iterator<String> keys = object.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      require(KEYS.contains(key), where, key + ": unknown key", "file, caption, spec");
    }
    String name = text(object, "file", where);
    return new Line(where, inside(folder, name, where), text(object, "caption", where).strip());
  }

  private static JsonNode object(String where, String text) {
    try {
      JsonNode object = JSON.readTree(text);
      require(object != null && object.isObject(), where, text, "a JSON object");
      return object;
    } catch (JsonProcessingException e) {
      throw new DataException(where + ": " + e.getOriginalMessage() + " (expected: JSON)", e);
    }
  }

  private static String text(JsonNode object, String key, String where) {
    JsonNode value = object.get(key);
    require(value != null, where, key + ": missing", "text");
    require(value.isTextual(), where, key + ": " + value, "text");
    return value.textValue();
  }

  /** A file of the folder, and of nowhere else. */
  private static Path inside(Path folder, String name, String where) {
    try {
      Path file = folder.resolve(name).normalize();
      boolean inside = file.startsWith(folder.normalize()) && !Path.of(name).isAbsolute();
      require(inside && !name.isBlank(), where, "file: " + name, "a path inside the folder");
      return file;
    } catch (InvalidPathException e) {
      throw new DataException(where + ": file: " + name + " (expected: a path)", e);
    }
  }
}
