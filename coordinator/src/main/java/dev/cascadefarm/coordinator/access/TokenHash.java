package dev.cascadefarm.coordinator.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** What is kept of a token: its SHA-256. */
final class TokenHash {
  /** Enough that nobody finds one by trying; few enough for a header. */
  static final String FORM = "16 to 512 visible ASCII characters without spaces";

  private static final Pattern TOKEN = Pattern.compile("[!-~]{16,512}");

  private TokenHash() {}

  /** Whether that may be a token. */
  static boolean fits(String token) {
    return TOKEN.matcher(token).matches();
  }

  /** SHA-256 in lower-case hexadecimal digits. */
  static String of(String token) {
    try {
      byte[] bytes = token.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** Whether two hashes are the same; takes as long if they are not. */
  static boolean same(String one, String other) {
    return MessageDigest.isEqual(
        one.getBytes(StandardCharsets.US_ASCII), other.getBytes(StandardCharsets.US_ASCII));
  }
}
