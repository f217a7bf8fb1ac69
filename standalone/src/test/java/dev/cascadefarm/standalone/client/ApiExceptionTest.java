package dev.cascadefarm.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ApiExceptionTest {
  @Test
  void message_problemWithErrors_oneReadableLine() {
    String body =
        """
        {"type": "about:blank", "title": "Invalid request", "status": 400,
         "detail": "The request cannot\\nbe used.",
         "errors": [{"field": "n", "value": 0, "expected": "1 to 64"},
                    {"field": "prompt", "found": "\\"aaa…\\" (9 characters)", "expected": "text"},
                    {"field": "set.base", "expected": "a stage of the cascade"}]}
        """;
    ApiException failure = ApiException.of(400, body);
    assertThat(failure)
        .hasMessage(
            "n: 0 (expected: 1 to 64); prompt: \"aaa…\" (9 characters) (expected: text);"
                + " set.base (expected: a stage of the cascade)");
    assertThat(failure.refused()).isTrue();
  }

  @Test
  void message_problemWithoutErrors_itsDetailInOneLine() {
    String body = "{\"title\": \"Not found\", \"detail\": \"no job\\nj\"}";
    assertThat(ApiException.of(404, body)).hasMessage("no job j");
  }

  @Test
  void message_notAProblemDocument_status() {
    assertThat(ApiException.of(500, "<html>")).hasMessage("HTTP 500");
    assertThat(ApiException.of(500, "").refused()).isFalse();
    assertThat(ApiException.of(429, "").refused()).isFalse();
  }
}
