package dev.cascadefarm.standalone.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The coordinators of one farm, any of which answers any request. Immutable. */
public record FarmServers(List<URI> addresses) {
  public FarmServers {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("servers: none (expected: http://HOST:PORT)");
    }
  }

  /** Reads {@code URL[,URL]…}. */
  public static FarmServers parse(String text) {
    List<URI> addresses = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      addresses.add(address(part.strip()));
    }
    return new FarmServers(addresses);
  }

  /** The address to try at the given attempt, starting from 0. */
  URI at(int attempt) {
    return addresses.get(Math.floorMod(attempt, addresses.size()));
  }

  int count() {
    return addresses.size();
  }

  static int port(URI address) {
    if (address.getPort() >= 0) {
      return address.getPort();
    }
    return secure(address) ? 443 : 80;
  }

  static boolean secure(URI address) {
    return "https".equals(address.getScheme());
  }

  private static URI address(String text) {
    try {
      URI uri = URI.create(text);
      boolean web = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean bare = uri.getPath() == null || uri.getPath().matches("/?");
      if (web && uri.getHost() != null && bare && uri.getQuery() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      throw malformed(text, e);
    }
    throw malformed(text, null);
  }

  private static IllegalArgumentException malformed(String text, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "server: " + text + " (expected: http://HOST:PORT or https://HOST:PORT)", cause);
  }
}
