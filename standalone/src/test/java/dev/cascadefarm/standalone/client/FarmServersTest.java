package dev.cascadefarm.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FarmServersTest {
  @Test
  void parse_several_inTurn() {
    FarmServers servers = FarmServers.parse("http://a:8080, https://b/");
    assertThat(servers.at(0)).isEqualTo(URI.create("http://a:8080"));
    assertThat(servers.at(3)).isEqualTo(URI.create("https://b/"));
    assertThat(FarmServers.port(servers.at(1))).isEqualTo(443);
    assertThat(FarmServers.secure(servers.at(0))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a:8080", "ftp://a", "http://", "http://a/x", "http://a?x", "http://a,"})
  void parse_notAServer_named(String text) {
    assertThatThrownBy(() -> FarmServers.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: http://HOST:PORT");
  }
}
