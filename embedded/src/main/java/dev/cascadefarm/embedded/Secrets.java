package dev.cascadefarm.embedded;

import java.security.SecureRandom;
import java.util.HexFormat;

/** Random credentials of the embedded services. */
final class Secrets {

  private static final SecureRandom RANDOM = new SecureRandom();

  private Secrets() {}

  /** Returns a fresh secret of lower-case hexadecimal digits, two for each byte. */
  static String hex(int byteCount) {
    byte[] bytes = new byte[byteCount];
    RANDOM.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
