package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.TaskQueue.ClaimResult;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Says for people what was done and what differed. */
final class Report {
  private static final int LONGEST = 400;
  private static final int BEFORE = 80;
  private static final Pattern NONCE = Pattern.compile("\\b0{16}0*([0-9a-f]+)\\b");

  private Report() {}

  /** The steps so far, and from where on two answers differ. */
  static String difference(List<String> steps, String call, Object expected, Object answer) {
    StringBuilder text = new StringBuilder("after these steps:\n");
    for (int i = 0; i < steps.size(); i++) {
      text.append(String.format("%4d  %s%n", i + 1, steps.get(i)));
    }
    String model = expected.toString();
    String queue = answer.toString();
    int same = 0;
    while (same < Math.min(model.length(), queue.length())
        && model.charAt(same) == queue.charAt(same)) {
      same++;
    }
    text.append(
        String.format(
            "%s%n  model: %s%n  queue: %s%n", call, from(model, same), from(queue, same)));
    return NONCE.matcher(text).replaceAll("nonce-$1");
  }

  private static String from(String text, int difference) {
    if (text.length() <= LONGEST) {
      return text;
    }
    int start = Math.max(0, difference - BEFORE);
    int end = Math.min(text.length(), start + LONGEST);
    return (start > 0 ? "..." : "")
        + text.substring(start, end)
        + (end < text.length() ? "..." : "");
  }

  /** An answer in a few words. */
  static String brief(Object answer) {
    if (answer instanceof ClaimResult claimed && claimed.outcome() == ClaimResult.Outcome.OK) {
      return claimed.tasks().stream()
          .map(task -> task.id() + " under " + task.nonce() + ", attempt " + task.attempt())
          .toList()
          .toString();
    }
    return answer instanceof Optional<?> found
            && found.isPresent()
            && answer.toString().length() > 40
        ? "as the model"
        : answer.toString();
  }
}
