package dev.cascadefarm.e2e.farm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/** The judge of a succeeded job's event log; shares no code with the product. */
final class History {
  private History() {}

  /** Numbers from 1 without gaps, each task completed once, each image once, one end, last. */
  static void check(List<JsonNode> events, int images) {
    assertThat(events.stream().map(event -> event.path("seq").asLong()).toList())
        .as("numbers of %s", events)
        .isEqualTo(LongStream.rangeClosed(1, events.size()).boxed().toList());
    List<String> completed = new ArrayList<>();
    List<String> pictures = new ArrayList<>();
    List<String> ends = new ArrayList<>();
    for (JsonNode event : events) {
      String type = event.path("type").asText();
      switch (type) {
        case "task.completed" ->
            completed.add(event.path("stage").asText() + "/" + event.path("image").asText("job"));
        case "image.completed" -> pictures.add(event.path("image").asText());
        case "job.succeeded", "job.failed", "job.cancelled" -> ends.add(type);
        default -> {}
      }
    }
    assertThat(completed).doesNotHaveDuplicates().hasSize(1 + 2 * images);
    assertThat(pictures).doesNotHaveDuplicates().hasSize(images);
    assertThat(ends).containsExactly("job.succeeded");
    assertThat(events.get(events.size() - 1).path("type").asText()).isEqualTo("job.succeeded");
  }
}
