package dev.cascadefarm.diffusion.caption;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.cascadefarm.diffusion.parity.Fixture;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Our captions against those of diffusers' pipeline, with BeautifulSoup and ftfy beside it. */
class DeepFloydCaptionTest {
  @Test
  void clean_recordedCaptions_asThePipelineCleansThem() throws IOException {
    JsonNode recorded = recorded();
    assertThat(recorded.size()).isGreaterThanOrEqualTo(40);
    for (JsonNode each : recorded) {
      String caption = each.get("caption").textValue();
      assertThat(DeepFloydCaption.clean(caption))
          .as(caption)
          .isEqualTo(each.get("clean").textValue());
    }
  }

  @Test
  void plain_recordedCaptions_asThePipelineLeavesThem() throws IOException {
    for (JsonNode each : recorded()) {
      String caption = each.get("caption").textValue();
      assertThat(DeepFloydCaption.plain(caption))
          .as(caption)
          .isEqualTo(each.get("plain").textValue());
    }
  }

  /**
   * Most of the recorded captions say something about cleaning: left alone, they would not pass.
   */
  @Test
  void plain_recordedCaptions_mostlyNotClean() throws IOException {
    int different = 0;
    for (JsonNode each : recorded()) {
      String plain = DeepFloydCaption.plain(each.get("caption").textValue());
      different += plain.equals(each.get("clean").textValue()) ? 0 : 1;
    }
    assertThat(different).isGreaterThan(recorded().size() * 2 / 3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a <style>b { c: d }</style>picture <?php echo 1 ?>of <!doctype x>it | a picture of it
          a café€ and â€œquotesâ€œ | a café€ and "quotes"
          a tag <script>that never ends | a tag
          a tag <b that never ends | a tag
          a &#38;#39; b | a ; b
          no &#number; then &#other; <b>tags</b> | no number; then other; tags
          """)
  void clean_oddCaption_asABrowserReadsIt(String caption, String clean) {
    assertThat(DeepFloydCaption.clean(caption)).isEqualTo(clean);
  }

  /** No caption is worth a minute, whatever it consists of. */
  @Test
  @Timeout(20)
  void clean_longAndStrange_soonDone() {
    for (String piece :
        new String[] {"<a ", "&", "a.", "%f0", "'\"", "-_", "ã€", "1x", "a1", "<a b=\"", ". "}) {
      assertThat(DeepFloydCaption.clean(piece.repeat(700))).isNotNull();
    }
  }

  private static JsonNode recorded() throws IOException {
    return new ObjectMapper().readTree(Fixture.bytes("captions.json"));
  }
}
