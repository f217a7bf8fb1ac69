package dev.cascadefarm.common.queue.model;

import dev.cascadefarm.common.queue.TaskQueue.Failure;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;

/** Random commands and sequences of them, in proportions that keep a small farm busy. */
final class Commands {
  static final int LONGEST = 160;

  private Commands() {}

  /** Sequences of every length up to the longest. */
  static Arbitrary<List<Command>> sequences() {
    return any().list().ofMaxSize(LONGEST).withSizeDistribution(RandomDistribution.uniform());
  }

  static Arbitrary<Command> any() {
    return Arbitraries.frequencyOf(
        Tuple.of(12, submit()),
        Tuple.of(1, register()),
        Tuple.of(22, claim()),
        Tuple.of(8, renew()),
        Tuple.of(22, complete()),
        Tuple.of(12, fail()),
        Tuple.of(2, Combinators.combine(index(), rarely(9)).as(Cancel::new)),
        Tuple.of(4, Arbitraries.create(Reap::new)),
        Tuple.of(1, worker().map(Goodbye::new)),
        Tuple.of(3, Combinators.combine(worker(), bundle(), upTo(4), upTo(2)).as(Heartbeat::new)),
        Tuple.of(
            2,
            Combinators.combine(worker(), bundle(), from1To(3), Arbitraries.of(1L, 260_000_000L))
                .as(Vanish::new)),
        Tuple.of(1, Combinators.combine(upTo(2), from1To(4)).as(Flood::new)),
        Tuple.of(1, worker().map(SilentWorker::new)),
        Tuple.of(3, allow()),
        Tuple.of(
            2,
            Combinators.combine(upTo(Names.TENANTS.size() + Names.BUNDLES.size() - 1), often())
                .as(Pause::new)),
        Tuple.of(1, Combinators.combine(bundle(), upTo(3)).as(Bound::new)),
        Tuple.of(3, Combinators.combine(index(), rarely(9)).as(Redriven::new)),
        Tuple.of(1, Combinators.combine(index(), rarely(9)).as(Forget::new)),
        Tuple.of(1, Combinators.combine(upTo(2), upTo(2), from1To(3)).as(ReadEnded::new)),
        Tuple.of(1, from1To(4).map(ReadControl::new)),
        Tuple.of(1, Arbitraries.create(Audited::new)),
        Tuple.of(8, pass()),
        Tuple.of(2, Combinators.combine(index(), rarely(9)).as(ReadJob::new)),
        Tuple.of(1, Combinators.combine(upTo(2), from1To(4)).as(ReadJobs::new)),
        Tuple.of(
            1, Combinators.combine(index(), upTo(5), from1To(9), rarely(9)).as(ReadEvents::new)),
        Tuple.of(1, Arbitraries.create(ReadWorkers::new)));
  }

  private static Arbitrary<Command> submit() {
    return Combinators.combine(
            upTo(2),
            upTo(Names.PLANS.size() - 1),
            from1To(3),
            Arbitraries.of(0, 0, 0, 1, 9),
            Arbitraries.of(0, 0, 0, 0, 1, 2, 3),
            rarely(3),
            rarely(9),
            rarely(19))
        .as(Submit::new);
  }

  private static Arbitrary<Command> register() {
    return Combinators.combine(bundle(), rarely(9)).as(Register::new);
  }

  private static Arbitrary<Command> claim() {
    return Combinators.combine(worker(), bundle(), from1To(4), rarely(9), rarely(7), rarely(29))
        .as(Claim::new);
  }

  private static Arbitrary<Command> renew() {
    return Combinators.combine(pick(), rarely(1), upTo(4)).as(Renew::new);
  }

  private static Arbitrary<Command> complete() {
    return Combinators.combine(
            pick().list().ofMinSize(1).ofMaxSize(3),
            Arbitraries.of(0, 5),
            Arbitraries.of(0, 0, 0, 1, 2))
        .as(Complete::new);
  }

  private static Arbitrary<Command> fail() {
    Arbitrary<Failure.Kind> kind =
        Arbitraries.frequency(
            Tuple.of(5, Failure.Kind.TASK),
            Tuple.of(3, Failure.Kind.INFRASTRUCTURE),
            Tuple.of(2, Failure.Kind.RELEASED),
            Tuple.of(1, Failure.Kind.CANCELLED),
            Tuple.of(1, Failure.Kind.PERMANENT));
    return Combinators.combine(pick(), kind, upTo(9)).as(Fail::new);
  }

  private static Arbitrary<Command> pass() {
    return Arbitraries.frequency(
            Tuple.of(6, 1L),
            Tuple.of(4, 600L),
            Tuple.of(3, 4_000L),
            Tuple.of(2, 16_000L),
            Tuple.of(3, 31_000L),
            Tuple.of(5, 41_000L),
            Tuple.of(1, 130_000L),
            Tuple.of(1, 3_700_000L),
            Tuple.of(1, 260_000_000L))
        .map(Pass::new);
  }

  private static Arbitrary<Pick> pick() {
    return Combinators.combine(upTo(9), index()).as(Pick::new);
  }

  private static Arbitrary<Command> allow() {
    return Combinators.combine(
            upTo(2),
            from1To(6),
            Arbitraries.of(0, 0, 1, 3),
            Arbitraries.of(0, 0, 0, 6, 12),
            Arbitraries.of(0, 0, 0, 5, 20))
        .as(Allow::new);
  }

  private static Arbitrary<Integer> bundle() {
    return upTo(Names.BUNDLES.size() - 1);
  }

  private static Arbitrary<Integer> worker() {
    return upTo(Names.WORKERS.size() - 1);
  }

  private static Arbitrary<Integer> index() {
    return upTo(19);
  }

  /** 1 twice as often as 0. */
  private static Arbitrary<Integer> often() {
    return Arbitraries.of(0, 1, 1);
  }

  /** 0, and 1 once for every {@code often} times. */
  private static Arbitrary<Integer> rarely(int often) {
    return Arbitraries.frequency(Tuple.of(often, 0), Tuple.of(1, 1));
  }

  private static Arbitrary<Integer> from1To(int most) {
    return Arbitraries.integers().between(1, most).withDistribution(RandomDistribution.uniform());
  }

  private static Arbitrary<Integer> upTo(int most) {
    return Arbitraries.integers()
        .between(0, most)
        .shrinkTowards(0)
        .withDistribution(RandomDistribution.uniform());
  }
}
