package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.QueueRefusedException;
import dev.cascadefarm.common.queue.QueueUnderTest;
import dev.cascadefarm.common.queue.QueueUnderTest.Inspection;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** One sequence of commands: the model and the queue, from empty, side by side. */
final class Trial {
  final Model model;
  final QueueUnderTest queue;

  /** What each worker claimed last, as it remembers it. */
  final Map<String, Claim.Sent> claims = new HashMap<>();

  private final List<String> trace = new ArrayList<>();
  private int operations;
  private int reads;

  Trial(QueueUnderTest queue) {
    this.queue = queue;
    this.model = new Model(Names.config("redis://unused"));
    queue.reset(model.now);
    Names.WEIGHTS.forEach(
        (tenant, weight) -> {
          model.weights.put(tenant, weight);
          queue.weight(tenant, weight);
        });
  }

  /** Commands compared so far that may change something. */
  int operations() {
    return operations;
  }

  /** Replies of commands that only read compared so far. */
  int reads() {
    return reads;
  }

  void run(List<Command> commands) {
    commands.forEach(command -> command.run(this));
    new ReadAll().run(this);
  }

  void pass(long ms) {
    model.now += ms;
    queue.time(model.now);
    trace.add("%d ms pass".formatted(ms));
  }

  /** Compares a command that is one script, over the common connection. */
  void expect(String call, Object expected, Supplier<? extends Future<?>> actual) {
    Future<Object> answer = typed(actual.get());
    // Both are under way at once; Redis takes them in this order.
    Future<Inspection> after = queue.inspect();
    compare(call, expected, QueueUnderTest.await(answer), QueueUnderTest.await(after));
  }

  /** Compares a command over the connection for renewals. */
  void expectUrgent(String call, Object expected, Supplier<? extends Future<?>> actual) {
    Future<Object> answer = typed(actual.get());
    Future<Inspection> after = queue.inspectUrgent();
    compare(call, expected, QueueUnderTest.await(answer), QueueUnderTest.await(after));
  }

  /** Compares a command that is several scripts in turn. */
  void expectInTurn(String call, Object expected, Supplier<? extends Future<?>> actual) {
    Object answer = QueueUnderTest.await(typed(actual.get()));
    compare(call, expected, answer, QueueUnderTest.await(queue.inspect()));
  }

  /** Compares a command that only reads. */
  void expectRead(String call, Object expected, Supplier<? extends Future<?>> actual) {
    compare(call, expected, QueueUnderTest.await(typed(actual.get())));
    reads++;
    trace.add(call);
  }

  private static Future<Object> typed(Future<?> future) {
    return future
        .map(answer -> answer == null ? "nothing" : (Object) answer)
        .recover(
            cause ->
                cause instanceof QueueRefusedException refused
                    ? Future.succeededFuture(refused.reason())
                    : Future.failedFuture(cause));
  }

  private void compare(String call, Object expected, Object answer, Inspection after) {
    compare(call, expected, answer);
    compare(call + ": broken rules", List.of(), after.wrong());
    Set<String> hinted = queue.takeHints();
    compare(call + ": hints", model.hints, hinted);
    model.hints.clear();
    Set<String> lines = model.lines();
    if (!lines.equals(after.lines())) {
      Set<String> onlyModel = new TreeSet<>(lines);
      onlyModel.removeAll(after.lines());
      Set<String> onlyQueue = new TreeSet<>(after.lines());
      onlyQueue.removeAll(lines);
      throw different(call + ": state afterwards", onlyModel, onlyQueue);
    }
    operations++;
    trace.add(call + " -> " + brief(expected));
  }

  private void compare(String call, Object expected, Object answer) {
    if (!Objects.equals(expected, answer)) {
      throw different(call, expected, answer);
    }
  }

  private AssertionError different(String call, Object expected, Object answer) {
    StringBuilder text = new StringBuilder("after these steps:\n");
    for (int i = 0; i < trace.size(); i++) {
      text.append(String.format("%4d  %s%n", i + 1, trace.get(i)));
    }
    return new AssertionError(
        text + call + "\n  model: " + expected + "\n  queue: " + answer + "\n");
  }

  private static String brief(Object answer) {
    String text = answer.toString();
    return text.length() <= 160 ? text : text.substring(0, 157) + "...";
  }
}
