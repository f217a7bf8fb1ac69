package dev.cascadefarm.standalone.config;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** The table of every setting. Whatever is not here is refused. */
final class Settings {
  static final List<Setting<?>> ALL =
      Stream.of(
              FarmSettings.ALL,
              ApiSettings.ALL,
              QueueSettings.ALL,
              ChoreSettings.ALL,
              StoreSettings.ALL,
              WorkerSettings.ALL,
              ClusterSettings.ALL)
          .<Setting<?>>flatMap(List::stream)
          .toList();

  private Settings() {}

  static Optional<Setting<?>> byKey(String key) {
    return ALL.stream().filter(each -> each.key().equals(key)).findFirst();
  }

  static Optional<Setting<?>> byVariable(String variable) {
    return ALL.stream().filter(each -> each.variable().equals(variable)).findFirst();
  }

  /** The known name most like a wrong one, spelled as the wrong one is, if any is near. */
  static Optional<String> closest(String name) {
    boolean variable = name.startsWith(Setting.PREFIX);
    return ALL.stream()
        .map(each -> variable ? each.variable() : each.key())
        .min(Comparator.comparingInt(known -> distance(known, name)))
        .filter(known -> distance(known, name) <= 3);
  }

  /** Edits between two names, ignoring case. */
  private static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
