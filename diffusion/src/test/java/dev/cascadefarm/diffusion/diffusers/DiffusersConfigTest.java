package dev.cascadefarm.diffusion.diffusers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DiffusersConfigTest {
  @Test
  void parse_notOneObject_refused() {
    assertRefused(() -> file("[]"), "config.json: [] (expected: keys and values)");
    assertThatThrownBy(() -> file("{\"a\": 1, \"a\": 2}")).hasMessageContaining("Duplicate");
    assertThatThrownBy(() -> file("{} {}")).hasMessageContaining("expected: JSON");
    assertThatThrownBy(() -> file("{\"a\": ")).hasMessageContaining("expected: JSON");
    assertThatThrownBy(() -> file("")).isInstanceOf(ConfigException.class);
  }

  @Test
  void finish_keysNobodyAskedFor_refusedByName() {
    DiffusersConfig file =
        file("{\"_class_name\": \"Net\", \"_diffusers_version\": \"0.1\", \"b\": [1], \"a\": 2}");
    assertThat(file.className()).isEqualTo("Net");
    assertRefused(
        file::finish,
        "config.json: b: unknown (expected: Net's [_class_name, _diffusers_version,"
            + " _name_or_path])");
    file.ignore("a", "b");
    file.finish();
  }

  @Test
  void size_notAWholeNumberInRange_refused() {
    String expected = " (expected: a whole number, 1 to 65536)";
    for (String value : List.of("0", "-3", "1.5", "\"4\"", "65537", "9999999999", "null", "[1]")) {
      DiffusersConfig file = file("{\"n\": " + value + "}");
      assertRefused(() -> file.size("n", 1), "config.json: n: " + value + expected);
    }
    assertThat(file("{\"n\": 65536}").size("n", 1)).isEqualTo(65536);
    assertThat(file("{}").size("n", 7)).isEqualTo(7);
  }

  @Test
  void sizesOf_oneOrAll_everyOtherCountRefused() {
    assertThat(file("{\"n\": 3}").sizesOf(2, "n", 1)).containsExactly(3, 3);
    assertThat(file("{\"n\": [3, 4]}").sizesOf(2, "n", 1)).containsExactly(3, 4);
    assertThat(file("{}").sizesOf(2, "n", 1)).containsExactly(1, 1);
    assertRefused(
        () -> file("{\"n\": [3]}").sizesOf(2, "n", 1),
        "config.json: n: [3] (expected: one number, or 2)");
    assertRefused(
        () -> file("{\"n\": 65}").layersOf(2, "n", 1), "config.json: n: 65 (expected: <= 64)");
  }

  @Test
  void only_anotherValue_refused() {
    DiffusersConfig file = file("{\"a\": true, \"b\": \"x\", \"c\": 1, \"d\": null}");
    assertRefused(() -> file.only("a", false), "config.json: a: true (expected: false)");
    assertRefused(() -> file.only("b", "y"), "config.json: b: \"x\" (expected: y)");
    assertRefused(() -> file.onlyNull("c"), "config.json: c: 1 (expected: null)");
    file.onlyNull("d", "e");
  }

  @Test
  void positive_zeroOrInfinite_refused() {
    assertThatThrownBy(() -> file("{\"n\": 0}").positive("n", 1))
        .hasMessage("config.json: n: 0 (expected: a number > 0)");
    assertThatThrownBy(() -> file("{\"n\": 1e999}").positive("n", 1))
        .hasMessageContaining("expected: a number");
  }

  private static void assertRefused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(ConfigException.class).hasMessage(message);
  }

  private static DiffusersConfig file(String json) {
    return DiffusersConfig.parse(json.getBytes(StandardCharsets.UTF_8), "config.json");
  }
}
