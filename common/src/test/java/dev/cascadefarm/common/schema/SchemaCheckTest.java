package dev.cascadefarm.common.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.cascadefarm.common.json.WireJson;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaCheckTest {
  private static final String SCHEMA =
      """
      {"type": "object", "required": ["name"], "additionalProperties": false, "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 5},
        "steps": {"type": "integer", "minimum": 1, "maximum": 1000},
        "ratio": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "eta": {"type": "number", "minimum": 0},
        "sampler": {"enum": ["ddpm", "ddim"]},
        "on": {"type": "boolean"},
        "any": {"type": ["integer", "null"]},
        "list": {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^[a-z]+$"}}
      }}
      """;

  private static JsonNode json(String text) {
    try {
      return WireJson.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(text, e);
    }
  }

  private static String faults(String document) {
    return Fault.describe(SchemaCheck.of(json(SCHEMA)).faults(json(document)));
  }

  @Test
  void faults_fittingDocument_none() {
    assertThat(faults("{\"name\": \"abc\", \"steps\": 20, \"list\": [\"a\"], \"any\": null}"))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "steps": 0          | steps: 0 (expected: integer from 1 to 1000)
          "steps": 2.5        | steps: 2.5 (expected: integer from 1 to 1000)
          "steps": "ten"      | steps: "ten" (expected: integer from 1 to 1000)
          "ratio": 1          | ratio: 1 (expected: number more than 0 and less than 1)
          "eta": -0.5         | eta: -0.5 (expected: number at least 0)
          "sampler": "euler"  | sampler: "euler" (expected: one of ddpm, ddim)
          "on": 1             | on: 1 (expected: true or false)
          "any": "x"          | any: "x" (expected: integer or null)
          "list": []          | list: [] (expected: array of at least 1 items)
          "list": ["a", "B"]  | list.1: "B" (expected: string matching ^[a-z]+$)
          "stepz": 1          | stepz: unknown (expected: one of any, eta, list, name, on, ratio, sampler, steps)
          """)
  void faults_oneBadField_saysWhatWasExpected(String field, String message) {
    assertThat(faults("{\"name\": \"x\", " + field + "}")).isEqualTo(message);
  }

  @Test
  void faults_missingField_saysSo() {
    assertThat(faults("{}")).isEqualTo("name: missing (expected: string of 1 to 5 characters)");
  }

  @Test
  void faults_longText_isShownShortened() {
    String message = faults("{\"name\": \"" + "x".repeat(10_000) + "\"}");

    assertThat(message).endsWith("\" (10000 characters) (expected: string of 1 to 5 characters)");
    assertThat(message.length()).isLessThan(200);
  }

  @Test
  void faults_maximumLength_countsCodePoints() {
    assertThat(faults("{\"name\": \"🎨🎨🎨🎨🎨\"}")).isEmpty();
    assertThat(faults("{\"name\": \"🎨🎨🎨🎨🎨🎨\"}")).isNotEmpty();
  }

  @Test
  void faults_severalBadFields_allAreNamed() {
    List<Fault> faults =
        SchemaCheck.of(json(SCHEMA)).faults(json("{\"name\": \"\", \"steps\": 0, \"on\": 3}"));

    assertThat(faults).extracting(Fault::field).containsExactlyInAnyOrder("name", "steps", "on");
  }

  @Test
  void faults_documentOfOtherType_isTheFault() {
    assertThat(faults("[]")).isEqualTo("[] (expected: object)");
  }

  @Test
  void of_noSchema_isRefused() {
    assertThatThrownBy(() -> SchemaCheck.of(json("[]")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
