package dev.cascadefarm.coordinator.access;

import dev.cascadefarm.common.queue.TenantLimits;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in, and what tenants may have. Without any token everybody who reaches the farm is
 * its administrator. Immutable and thread-safe.
 *
 * @param holders by SHA-256 (hex) of their tokens
 * @param tenants by name: every tenant that is named anywhere, {@code default} always
 */
public record AccessConfig(Map<String, Caller> holders, Map<String, TenantLimits> tenants) {
  public AccessConfig {
    holders = Map.copyOf(holders);
    Map<String, TenantLimits> all = new TreeMap<>(tenants);
    all.putIfAbsent(Caller.DEFAULT_TENANT, TenantLimits.NONE);
    holders.values().forEach(caller -> all.putIfAbsent(caller.tenant(), TenantLimits.NONE));
    tenants = Map.copyOf(all);
  }

  /** A farm without tokens. */
  public static AccessConfig open() {
    return new AccessConfig(Map.of(), Map.of());
  }

  /**
   * From what a coordinator is configured with.
   *
   * @param adminToken of the administrator of tenant {@code default}; absent if there is none
   * @param file more tokens, and tenants; absent if there are none
   * @throws IllegalArgumentException if one of them cannot be used
   */
  public static AccessConfig of(@Nullable String adminToken, @Nullable Path file) {
    AccessConfig read = file == null ? open() : AccessFile.read(file);
    if (adminToken == null) {
      return read;
    }
    if (!TokenHash.fits(adminToken)) {
      throw new IllegalArgumentException("api.token: hidden (expected: " + TokenHash.FORM + ")");
    }
    Map<String, Caller> holders = new HashMap<>(read.holders());
    if (holders.put(TokenHash.of(adminToken), Caller.ADMINISTRATOR) != null) {
      throw new IllegalArgumentException(
          "api.token: hidden (expected: another token than those in " + file + ")");
    }
    return new AccessConfig(holders, read.tenants());
  }

  /** Whether a token is needed. */
  public boolean locked() {
    return !holders.isEmpty();
  }

  /** Who holds that token; takes as long for every token of the same length. */
  public Optional<Caller> holder(String token) {
    String presented = TokenHash.of(token);
    Caller found = null;
    for (Map.Entry<String, Caller> each : holders.entrySet()) {
      // why: no early end, so that the time tells nothing about the tokens there are
      found = TokenHash.same(each.getKey(), presented) ? each.getValue() : found;
    }
    return Optional.ofNullable(found);
  }

  @Override
  public String toString() {
    return "AccessConfig[" + holders.size() + " tokens, tenants " + tenants.keySet() + "]";
  }
}
