package dev.cascadefarm.standalone.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.cascadefarm.common.json.WireJson;
import dev.cascadefarm.standalone.progress.StageSize;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JobViewTest {
  @Test
  void of_finishedJob_stagesThatDrewEachImage() throws JsonProcessingException {
    String json =
        """
        {"id": "j", "status": "succeeded", "n": 2, "later": {},
         "stages": [{"name": "text", "steps_total": 1, "tasks": [{}]},
                    {"name": "base", "steps_total": 40, "tasks": [{}, {}]}],
         "images": [{"index": 0, "stages": [{"name": "base", "url": "/b"}, {"name": "sr64"}]},
                    {"index": 1, "stages": []}],
         "warnings": ["unknown word: blob"]}
        """;
    JobView view = JobView.of(WireJson.MAPPER.readTree(json));
    assertThat(view)
        .isEqualTo(
            new JobView(
                "j",
                "succeeded",
                List.of(List.of("base"), List.of()),
                Map.of("text", new StageSize(1, 1), "base", new StageSize(2, 20)),
                List.of("unknown word: blob"),
                ""));
    assertThat(view.succeeded()).isTrue();
  }
}
