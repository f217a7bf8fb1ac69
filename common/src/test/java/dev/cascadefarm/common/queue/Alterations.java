package dev.cascadefarm.common.queue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How scripts of the queue differ from the product's in a test: exact fragments of their text, and
 * arguments. A fragment that a script does not have is an error, so that no alteration is lost when
 * scripts change. Immutable.
 */
public final class Alterations {
  private final List<Fragment> fragments;
  private final Map<String, Map<Integer, String>> arguments;

  private Alterations(List<Fragment> fragments, Map<String, Map<Integer, String>> arguments) {
    this.fragments = fragments;
    this.arguments = arguments;
  }

  private record Fragment(String script, String from, String to) {}

  /** The product's scripts. */
  public static Alterations none() {
    return new Alterations(List.of(), Map.of());
  }

  /** Replaces a fragment wherever the script has it; {@code "every script"} stands for all. */
  public Alterations replace(String script, String from, String to) {
    List<Fragment> more = new ArrayList<>(fragments);
    more.add(new Fragment(script, from, to));
    return new Alterations(List.copyOf(more), arguments);
  }

  /** Replaces an argument of a script, counted from 0. */
  public Alterations argument(String script, int index, Object value) {
    Map<String, Map<Integer, String>> more = new HashMap<>(arguments);
    Map<Integer, String> own = new HashMap<>(more.getOrDefault(script, Map.of()));
    own.put(index, value.toString());
    more.put(script, own);
    return new Alterations(fragments, more);
  }

  Script apply(Script script) {
    String text = script.text();
    for (Fragment fragment : fragments) {
      boolean every = fragment.script().equals("every script");
      if (every || fragment.script().equals(script.name())) {
        if (!text.contains(fragment.from())) {
          throw new IllegalStateException(
              script.name() + ".lua: no fragment (expected: " + fragment.from() + ")");
        }
        text = text.replace(fragment.from(), fragment.to());
      }
    }
    return Script.of(script.name(), text);
  }

  List<String> apply(Script script, List<String> given) {
    Map<Integer, String> changes = arguments.get(script.name());
    if (changes == null) {
      return given;
    }
    List<String> changed = new ArrayList<>(given);
    changes.forEach(changed::set);
    return changed;
  }
}
