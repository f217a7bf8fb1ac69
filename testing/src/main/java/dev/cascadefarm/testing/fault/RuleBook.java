package dev.cascadefarm.testing.fault;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.random.RandomGenerator;

/**
 * The rules in force, and counts of what was seen and what was struck. Rules and decisions belong
 * to one event loop; counts may be read by any thread.
 */
final class RuleBook {
  private static final Mishap NONE = new Mishap.None();

  private final RandomGenerator random;
  private final Map<String, LongAdder> seen = new ConcurrentHashMap<>();
  private final Map<String, LongAdder> struck = new ConcurrentHashMap<>();
  private List<Entry> entries = List.of();

  RuleBook(RandomGenerator random) {
    this.random = random;
  }

  /** A rule with the number of requests that it was asked about. */
  private static final class Entry {
    private final Rule rule;
    private long asked;

    Entry(Rule rule) {
      this.rule = rule;
    }
  }

  void replace(List<Rule> rules) {
    entries = rules.stream().map(Entry::new).toList();
  }

  Mishap judge(Call call) {
    count(seen, call);
    for (Entry entry : entries) {
      if (entry.rule.which().test(call) && entry.rule.dose().strikes(++entry.asked, random)) {
        count(struck, call);
        return entry.rule.mishap();
      }
    }
    return NONE;
  }

  private static void count(Map<String, LongAdder> counts, Call call) {
    counts.computeIfAbsent(call.name(), name -> new LongAdder()).increment();
  }

  long seen(String name) {
    return sum(seen, name);
  }

  long struck(String name) {
    return sum(struck, name);
  }

  long struck() {
    return struck.values().stream().mapToLong(LongAdder::sum).sum();
  }

  private static long sum(Map<String, LongAdder> counts, String name) {
    LongAdder adder = counts.get(name);
    return adder == null ? 0 : adder.sum();
  }
}
