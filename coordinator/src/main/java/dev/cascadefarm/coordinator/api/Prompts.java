package dev.cascadefarm.coordinator.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cascadefarm.common.schema.Fault;
import dev.cascadefarm.coordinator.problem.Problem;
import dev.cascadefarm.coordinator.problem.ProblemException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a JSON Schema cannot say about prompts, and about other texts that people write. */
final class Prompts {
  private Prompts() {}

  /** Refuses a text that is blank, or whose characters cannot be stored as text. */
  static void require(ObjectNode body, String field) {
    @Nullable JsonNode prompt = body.get(field);
    if (prompt == null) {
      return;
    }
    String text = prompt.textValue();
    if (text.isBlank()) {
      throw invalid(Fault.of(field, prompt, "at least one word"));
    }
    boolean encodable = StandardCharsets.UTF_8.newEncoder().canEncode(text);
    if (!encodable || text.indexOf('\0') >= 0) {
      String expected = "text without U+0000 and without halves of surrogate pairs";
      throw invalid(new Fault(field, null, "not storable as text", expected));
    }
  }

  private static ProblemException invalid(Fault fault) {
    return new ProblemException(Problem.invalid(List.of(fault)));
  }
}
