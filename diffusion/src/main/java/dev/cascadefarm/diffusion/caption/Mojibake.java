package dev.cascadefarm.diffusion.caption;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * UTF-8 that was taken for Latin-1 or Windows-1252, character by character of three or four bytes:
 * those of two bytes begin with a capital, which no caption has any more when it comes here. A hard
 * space at the end that has become a space is understood behind a sign of a currency, as in what is
 * left of a curled quote.
 */
final class Mojibake {
  private static final Charset WINDOWS = Charset.forName("windows-1252");
  private static final String CURRENCIES = "€¢£¥";
  private static final int LAST_OF_SIGNS = 0xe3;
  private static final int MOST_ROUNDS = 16;
  private static final int NONE = -1;

  private Mojibake() {}

  /** The text with every such sequence read as what it was. */
  static String mend(String text) {
    String mended = text;
    for (int round = 0; round < MOST_ROUNDS; round++) {
      String before = mended;
      mended = once(before);
      if (mended.equals(before)) {
        break;
      }
    }
    return mended;
  }

  private static String once(String text) {
    StringBuilder mended = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      int length = length(octet(text.charAt(at)));
      Optional<String> character =
          length > 0 && at + length <= text.length()
              ? decoded(text.substring(at, at + length))
              : Optional.empty();
      mended.append(character.orElse(text.substring(at, at + 1)));
      at += character.isPresent() ? length : 1;
    }
    return mended.toString();
  }

  /** Bytes of the character that begins with this one; 0 if none of three or four does. */
  private static int length(int octet) {
    if (octet >= 0xe0 && octet <= 0xef) {
      return 3;
    }
    return octet >= 0xf0 && octet <= 0xf4 ? 4 : 0;
  }

  private static Optional<String> decoded(String sequence) {
    byte[] bytes = new byte[sequence.length()];
    for (int i = 0; i < bytes.length; i++) {
      int octet = octet(sequence.charAt(i));
      boolean last = i == bytes.length - 1;
      if (last && octet == ' ' && losesSpace(sequence)) {
        octet = 0xa0;
      }
      if (octet == NONE) {
        return Optional.empty();
      }
      bytes[i] = (byte) octet;
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** Accents that quotes and the like leave, not those that words end with before a price. */
  private static boolean losesSpace(String sequence) {
    return octet(sequence.charAt(0)) <= LAST_OF_SIGNS
        && CURRENCIES.indexOf(sequence.charAt(sequence.length() - 2)) >= 0;
  }

  /** The byte that was taken for this character; {@link #NONE} if there is none. */
  private static int octet(char character) {
    if (character <= 0xff) {
      return character;
    }
    byte windows = String.valueOf(character).getBytes(WINDOWS)[0];
    return windows == '?' ? NONE : windows & 0xff;
  }
}
