package dev.cascadefarm.common.queue;

import dev.cascadefarm.common.cascade.BundleId;
import java.util.Set;
import java.util.TreeSet;

/** Hints since they were last taken. Thread-safe. */
final class HintLog implements QueueHints {
  private Set<String> heard = new TreeSet<>();

  @Override
  public synchronized void publishReady(BundleId bundle) {
    heard.add(bundle.toString());
  }

  @Override
  public synchronized void publishJob(String job) {
    heard.add(job);
  }

  synchronized Set<String> take() {
    Set<String> taken = heard;
    heard = new TreeSet<>();
    return taken;
  }
}
