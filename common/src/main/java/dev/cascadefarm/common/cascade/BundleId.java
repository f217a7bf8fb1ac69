package dev.cascadefarm.common.cascade;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A bundle's name and version, written {@code name@version}. Tasks queue per bundle id. */
public record BundleId(String name, int version) {
  private static final Pattern FORM =
      Pattern.compile("([a-z0-9](?:[a-z0-9-]{0,62}))@([1-9]\\d{0,8})");

  public BundleId {
    if (!FORM.matcher(name + "@" + version).matches()) {
      throw new InvalidCatalogueException(
          "bundle: " + name + "@" + version + " (expected: lower-case-name@version)");
    }
  }

  /** Reads {@code name@version}. */
  @JsonCreator
  public static BundleId parse(String text) {
    Matcher parts = FORM.matcher(text);
    if (!parts.matches()) {
      throw new InvalidCatalogueException(
          "bundle: " + text + " (expected: lower-case-name@version)");
    }
    return new BundleId(parts.group(1), Integer.parseInt(parts.group(2)));
  }

  @JsonValue
  @Override
  public String toString() {
    return name + "@" + version;
  }
}
