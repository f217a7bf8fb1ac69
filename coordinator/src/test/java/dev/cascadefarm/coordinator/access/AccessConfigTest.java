package dev.cascadefarm.coordinator.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cascadefarm.common.queue.TenantLimits;
import dev.cascadefarm.common.queue.TenantLimits.Rate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessConfigTest {
  private static final String ADMIN = "admin-token-of-the-farm";
  private static final String SECRET = "studio-token-number-1";

  @TempDir Path directory;

  @Test
  void open_nobodyNeedsATokenAndTheDefaultTenantIsKnown() {
    AccessConfig open = AccessConfig.of(null, null);

    assertThat(open).isEqualTo(AccessConfig.open());
    assertThat(open.locked()).isFalse();
    assertThat(open.tenants()).isEqualTo(Map.of("default", TenantLimits.NONE));
  }

  @Test
  void adminToken_itsHolderIsTheAdministrator() {
    AccessConfig access = AccessConfig.of(ADMIN, null);

    assertThat(access.locked()).isTrue();
    assertThat(access.holder(ADMIN)).contains(new Caller("default", Role.ADMIN, "default/admin"));
    assertThat(access.holder(ADMIN + "x")).isEmpty();
    assertThat(access.holder("")).isEmpty();
    assertThat(access.holder(TokenHash.of(ADMIN))).isEmpty();
  }

  @Test
  void file_everyKey_mapped() {
    AccessConfig access =
        read(
            """
            tokens:
              - token: %s
                tenant: studio
                role: submit
                name: nightly@studio
              - {sha256: %s, tenant: wall, role: watch}
            tenants:
              studio: {weight: 3, in_flight: 8, backlog: 20000, submits_per_second: 0.5, burst: 20}
              later: {weight: 2}
            """
                .formatted(SECRET, TokenHash.of("token-of-the-wall")));

    assertThat(access.holder(SECRET)).contains(new Caller("studio", Role.SUBMIT, "nightly@studio"));
    assertThat(access.holder("token-of-the-wall"))
        .contains(new Caller("wall", Role.WATCH, "wall/watch"));
    assertThat(access.holder(ADMIN)).contains(Caller.ADMINISTRATOR);
    assertThat(access.tenants())
        .isEqualTo(
            Map.of(
                "default",
                TenantLimits.NONE,
                "wall",
                TenantLimits.NONE,
                "studio",
                new TenantLimits(3, 8, 20_000, new Rate(0.5, 20)),
                "later",
                new TenantLimits(2, null, null, null)));
  }

  @Test
  void file_withoutAdminToken_locksTheFarm() {
    Path file = write("tokens: [{token: " + SECRET + ", tenant: a, role: watch}]");

    assertThat(AccessConfig.of(null, file).locked()).isTrue();
  }

  @Test
  void file_ofTenantsOnly_leavesTheFarmOpen() {
    Path file = write("tenants: {default: {weight: 2}}");

    assertThat(AccessConfig.of(null, file).locked()).isFalse();
    assertThat(AccessConfig.of(null, file).tenants().get("default").weight()).isEqualTo(2);
  }

  @Test
  void toString_showsNeitherTokensNorHashes() {
    AccessConfig access = read("tokens: [{token: " + SECRET + ", tenant: a, role: watch}]");

    assertThat(access.toString())
        .doesNotContain(SECRET, TokenHash.of(SECRET), ADMIN, TokenHash.of(ADMIN))
        .contains("2 tokens", "default");
  }

  static Stream<Arguments> badFiles() {
    String good = "token: " + SECRET + ", tenant: a, role: watch";
    String hash = TokenHash.of(SECRET);
    return Stream.of(
        bad("", "expected: an object"),
        bad("- token", "expected: an object"),
        bad("tokens: [", ":1: not YAML"),
        bad("tokens:\n- token: {" + SECRET, "not YAML"),
        bad("tokens: []\n---\ntenants: {}", "not YAML (expected: one YAML object)"),
        bad("users: []", "users: unknown (expected: one of tenants, tokens)"),
        bad("tokens: " + SECRET, ":1: tokens: hidden (expected: array"),
        bad("tokens: [" + SECRET + "]", "tokens.0: hidden (expected: object)"),
        bad("tokens:\n- {" + good + "}\n- {" + good + ", rolle: x}", ":3: tokens.1.rolle: unknown"),
        bad("tokens: [{tenant: a, role: watch}]", "tokens.0: no token (expected: one of token"),
        bad("tokens: [{" + good + ", sha256: " + hash + "}]", "tokens.0: two tokens"),
        bad("tokens: [{token: short, tenant: a, role: watch}]", "tokens.0.token: hidden"),
        bad("tokens: [{token: 12345678901234567, tenant: a, role: watch}]", "token: hidden"),
        bad("tokens: [{sha256: 7e5, tenant: a, role: watch}]", "tokens.0.sha256: hidden"),
        bad("tokens: [{token: " + SECRET + ", role: watch}]", "tokens.0.tenant: missing"),
        bad(
            "tokens: [{token: " + SECRET + ", tenant: a}]",
            "role: missing (expected: one of watch"),
        bad(
            "tokens:\n- token: " + SECRET + "\n  tenant: a\n  role: king",
            ":4: tokens.0.role: \"king\" (expected: one of watch, submit, admin)"),
        bad("tokens: [{token: " + SECRET + ", tenant: A, role: watch}]", "tokens.0.tenant: \"A\""),
        bad("tokens: [{" + good + ", name: a b}]", "tokens.0.name: \"a b\""),
        bad("tokens:\n- {" + good + "}\n- {" + good + "}", ":3: tokens.1: the token of tokens.0"),
        bad(
            "tokens:\n- {" + good + "}\n- {sha256: " + hash + ", tenant: b, role: admin}",
            "tokens.1: the token of tokens.0"),
        bad("tokens: [{token: " + ADMIN + ", tenant: a, role: watch}]", "api.token: hidden"),
        bad("tokens: [{" + good + ", tenant: b}]", ":1: tokens.0.tenant: twice (expected: once)"),
        bad("tenants:\n  a: {weight: 1}\n  a: {weight: 2}", ":3: tenants.a: twice"),
        bad("tenants: {A b: {weight: 1}}", "tenants.A b: \"A b\" (expected: 1 to 64 of a-z"),
        bad("tenants: {a: }", "tenants.a: null (expected: object)"),
        bad(
            "tenants:\n  a:\n    weight: 0",
            ":3: tenants.a.weight: 0 (expected: number from 0.001"),
        bad("tenants: {a: {weight: .nan}}", ":1: not YAML"),
        bad("tenants: {a: {wait: 1}}", "tenants.a.wait: unknown (expected: one of backlog, burst"),
        bad("tenants: {a: {in_flight: 0}}", "tenants.a.in_flight: 0"),
        bad("tenants: {a: {in_flight: 1.5}}", "tenants.a.in_flight: 1.5"),
        bad("tenants: {a: {backlog: many}}", "tenants.a.backlog: \"many\""),
        bad("tenants: {a: {burst: 2}}", "tenants.a.submits_per_second: missing"),
        bad("tenants: {a: {submits_per_second: 2}}", "tenants.a.burst: missing"),
        bad("tenants: {a: {submits_per_second: 0, burst: 1}}", "submits_per_second: 0"));
  }

  private static Arguments bad(String yaml, String message) {
    return Arguments.of(yaml, message);
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void file_thatCannotBe_refusedWithItsPlaceAndWithoutSecrets(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("access.yaml")
        .hasMessageContaining(message)
        .hasMessageNotContaining(SECRET)
        .hasMessageNotContaining(ADMIN)
        .hasMessageNotContaining("1234567");
  }

  @Test
  void file_missingOrTooLarge_refused() {
    Path none = directory.resolve("none.yaml");
    Path large = write("# " + "x".repeat(1 << 20));

    assertThatThrownBy(() -> AccessConfig.of(null, none))
        .hasMessage(none + ": missing (expected: a YAML file)");
    assertThatThrownBy(() -> AccessConfig.of(null, large)).hasMessageContaining("at most 1048576");
  }

  @ParameterizedTest
  @ValueSource(strings = {"short", "with a space in the token", "ümlaut-in-the-token-0123"})
  void adminToken_thatCannotBe_refusedAndHidden(String token) {
    assertThatThrownBy(() -> AccessConfig.of(token, null))
        .hasMessageContaining("api.token: hidden (expected: 16 to 512 visible")
        .hasMessageNotContaining(token);
  }

  @Test
  void roles_laterOnesCoverEarlierOnes() {
    assertThat(Role.WATCH.covers(Role.SUBMIT)).isFalse();
    assertThat(Role.SUBMIT.covers(Role.WATCH)).isTrue();
    assertThat(Role.SUBMIT.covers(Role.ADMIN)).isFalse();
    assertThat(Role.ADMIN.covers(Role.SUBMIT)).isTrue();
  }

  private AccessConfig read(String yaml) {
    return AccessConfig.of(ADMIN, write(yaml));
  }

  private Path write(String yaml) {
    try {
      return Files.writeString(directory.resolve("access.yaml"), yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
