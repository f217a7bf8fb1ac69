package dev.cascadefarm.standalone.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.cascadefarm.common.json.WireJson;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One setting of one stage, as a person writes it: {@code base.steps=20}. */
public record StageSetting(String stage, String key, JsonNode value) {
  private static final Pattern FORM =
      Pattern.compile("([a-z0-9-]{1,32})\\.([A-Za-z0-9_-]{1,64})=(.*)", Pattern.DOTALL);

  /**
   * Reads {@code STAGE.KEY=VALUE}. A value that is a number, {@code true} or {@code false} in JSON
   * is taken as such, any other as a text.
   */
  public static StageSetting parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          "setting: " + text + " (expected: STAGE.KEY=VALUE, for example base.steps=20)");
    }
    return new StageSetting(parts.group(1), parts.group(2), value(parts.group(3)));
  }

  /** Which setting it is, whatever its value. */
  String name() {
    return stage + "." + key;
  }

  /** The setting as a person writes it. */
  @Override
  public String toString() {
    return name() + "=" + value.asText();
  }

  private static JsonNode value(String text) {
    try {
      JsonNode json = WireJson.MAPPER.readTree(text);
      return json.isNumber() || json.isBoolean() || json.isTextual()
          ? json
          : TextNode.valueOf(text);
    } catch (JsonProcessingException e) {
      return TextNode.valueOf(text);
    }
  }
}
