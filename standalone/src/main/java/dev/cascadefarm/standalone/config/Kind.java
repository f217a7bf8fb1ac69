package dev.cascadefarm.standalone.config;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How the text of a setting becomes its value.
 *
 * @param name what the reference calls it, for example {@code duration}
 * @param expected what a message asks for, for example {@code 0 to 65535}
 * @param reader answers empty for a text that is not of this kind
 */
record Kind<T>(String name, String expected, Function<String, Optional<T>> reader) {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

  static Kind<String> text() {
    return new Kind<>("text", "a text that is not blank", text -> present(text.strip()));
  }

  static Kind<Path> path() {
    return new Kind<>("path", "a path of the file system", Kind::readPath);
  }

  static Kind<Boolean> flag() {
    return new Kind<>(
        "true or false",
        "true or false",
        text ->
            switch (text) {
              case "true" -> Optional.of(true);
              case "false" -> Optional.of(false);
              default -> Optional.empty();
            });
  }

  static Kind<Integer> integer(int min, int max) {
    return new Kind<>(
        "whole number",
        min + " to " + max,
        text -> readLong(text).filter(n -> n >= min && n <= max).map(Long::intValue));
  }

  static Kind<Long> bytes(long min, long max) {
    return new Kind<>(
        "bytes",
        min + " to " + max + " bytes",
        text -> readLong(text).filter(n -> n >= min && n <= max));
  }

  static Kind<Duration> duration(Duration min, Duration max) {
    return new Kind<>(
        "duration",
        "a number and a unit of ms, s, m, h or d, from " + show(min) + " to " + show(max),
        text -> readDuration(text).filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0));
  }

  static Kind<String> url(String... schemes) {
    List<String> allowed = List.of(schemes);
    return new Kind<>(
        "URL",
        "a URL that starts with " + String.join(":// or ", schemes) + "://",
        text -> readUri(text).filter(uri -> allowed.contains(uri.getScheme())).map(URI::toString));
  }

  static Kind<String> oneOf(String... words) {
    List<String> allowed = List.of(words);
    String expected = "one of " + String.join(", ", words);
    return new Kind<>(expected, expected, text -> Optional.of(text).filter(allowed::contains));
  }

  static Kind<String> matching(String name, String expected, String regex) {
    Pattern pattern = Pattern.compile(regex);
    return new Kind<>(
        name, expected, text -> Optional.of(text).filter(t -> pattern.matcher(t).matches()));
  }

  /** Several texts, separated by commas; may be empty. */
  static Kind<List<String>> list(String name, String expected, String elementRegex) {
    Pattern element = Pattern.compile(elementRegex);
    return new Kind<>(
        name,
        expected,
        text ->
            Optional.of(split(text))
                .filter(all -> all.stream().allMatch(e -> element.matcher(e).matches())));
  }

  /** The short form that {@link #duration} reads. */
  static String show(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 86_400 == 0 && seconds > 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3600 == 0 && seconds > 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 && seconds > 0 ? seconds / 60 + "m" : seconds + "s";
  }

  private static Optional<String> present(String text) {
    return Optional.of(text).filter(t -> !t.isEmpty());
  }

  private static List<String> split(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).filter(t -> !t.isEmpty()).toList();
  }

  private static Optional<Path> readPath(String text) {
    try {
      return present(text).map(Path::of);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<URI> readUri(String text) {
    try {
      return Optional.of(URI.create(text)).filter(uri -> uri.getHost() != null);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Long> readLong(String text) {
    try {
      return Optional.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> readDuration(String text) {
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long amount = Long.parseLong(parts.group(1));
    return Optional.of(
        switch (parts.group(2)) {
          case "ms" -> Duration.ofMillis(amount);
          case "s" -> Duration.ofSeconds(amount);
          case "m" -> Duration.ofMinutes(amount);
          case "h" -> Duration.ofHours(amount);
          default -> Duration.ofDays(amount);
        });
  }
}
