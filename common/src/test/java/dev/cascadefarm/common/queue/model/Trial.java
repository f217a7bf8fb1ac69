package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.QueueRefusedException;
import dev.cascadefarm.common.queue.QueueUnderTest;
import dev.cascadefarm.common.queue.QueueUnderTest.Inspection;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One sequence of commands: the model and the queue, from empty, side by side. The model needs no
 * reply of the queue, so commands are sent one after another without waiting, each with a look
 * behind the queue after it; replies are compared when enough have been sent.
 */
final class Trial {
  private static final int AHEAD = 32;

  final Model model;
  final QueueUnderTest queue;

  /** What each worker claimed last, as it remembers it. */
  final Map<String, Claim.Sent> claims = new HashMap<>();

  private final Queue<Step> sent = new ArrayDeque<>();
  private final List<String> trace = new ArrayList<>();
  private int operations;
  private int reads;

  Trial(QueueUnderTest queue) {
    this.queue = queue;
    this.model = new Model(Names.config("redis://unused"));
    queue.reset(model.now);
  }

  /**
   * A command that was sent.
   *
   * @param after what a look behind the queue should show; absent if nothing can have changed
   */
  private record Step(
      String call,
      Object expected,
      Future<Object> answer,
      @Nullable Inspection after,
      Future<Inspection> look) {}

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
    compare(0);
  }

  void pass(long ms) {
    model.now += ms;
    send("%d ms pass".formatted(ms), "nothing", queue.time(model.now).map("nothing"));
  }

  /** Compares a command that is one script. */
  void expect(String call, Object expected, Supplier<? extends Future<?>> actual) {
    Future<Object> answer = typed(actual.get());
    Inspection after = new Inspection(List.of(), model.lines(), new TreeSet<>(model.hints));
    model.hints.clear();
    sent.add(new Step(call, expected, answer, after, queue.inspect()));
    compare(AHEAD);
  }

  /** Compares a command that is several scripts in turn. */
  void expectInTurn(String call, Object expected, Supplier<? extends Future<?>> actual) {
    Future<?> answer = actual.get();
    QueueUnderTest.await(answer.otherwiseEmpty());
    expect(call, expected, () -> answer);
  }

  /** Compares a command that only reads. */
  void expectRead(String call, Object expected, Supplier<? extends Future<?>> actual) {
    send(call, expected, typed(actual.get()));
    reads++;
  }

  /** Compares a command that only reads, by several scripts in turn. */
  void expectReadInTurn(String call, Object expected, Supplier<? extends Future<?>> actual) {
    Future<?> answer = actual.get();
    QueueUnderTest.await(answer.otherwiseEmpty());
    expectRead(call, expected, () -> answer);
  }

  private void send(String call, Object expected, Future<Object> answer) {
    sent.add(new Step(call, expected, answer, null, Future.failedFuture("no look")));
    compare(AHEAD);
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

  /** Compares what was sent but for the newest few steps. */
  private void compare(int spared) {
    while (sent.size() > spared) {
      Step step = sent.remove();
      compare(step.call(), step.expected(), QueueUnderTest.await(step.answer()));
      if (step.after() != null) {
        compare(step.call(), step.after(), QueueUnderTest.await(step.look()));
        operations++;
      }
      trace.add(step.call() + " -> " + Report.brief(step.expected()));
    }
  }

  private void compare(String call, Inspection expected, Inspection seen) {
    compare(call + ": broken rules", expected.wrong(), seen.wrong());
    compare(call + ": hints", expected.hints(), seen.hints());
    if (!expected.lines().equals(seen.lines())) {
      compare(
          call + ": state afterwards",
          without(expected.lines(), seen.lines()),
          without(seen.lines(), expected.lines()));
    }
  }

  private static Set<String> without(Set<String> all, Set<String> some) {
    Set<String> left = new TreeSet<>(all);
    left.removeAll(some);
    return left;
  }

  private void compare(String call, Object expected, Object answer) {
    if (!expected.equals(answer)) {
      throw new AssertionError(Report.difference(trace, call, expected, answer));
    }
  }
}
