package dev.cascadefarm.e2e.chaos;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Does to a fleet what a schedule says, and starts again what has ended, as an operator's
 * supervisor would. Used by one thread.
 */
final class Saboteur {
  private static final Duration START = Duration.ofMinutes(10);
  private static final Duration AMBUSH = Duration.ofMinutes(1);

  private final Fleet fleet;
  private final History history;
  private final Agenda agenda;
  private final Map<Kind, Integer> struck = new EnumMap<>(Kind.class);
  private final Map<Kind, Integer> reached = new EnumMap<>(Kind.class);
  private int kills;
  private int exits;

  Saboteur(Fleet fleet, History history) {
    this.fleet = fleet;
    this.history = history;
    this.agenda = new Agenda(this::mend, fleet::describe);
  }

  /** Waits until everything serves. */
  void awaitUp() {
    agenda.await("the whole farm", START, () -> fleet.all().stream().allMatch(Member::up));
  }

  /** Carries a schedule out, and leaves everything whole behind. */
  void carryOut(Schedule schedule) {
    for (Fault fault : schedule.faults()) {
      agenda.pass(fault.after());
      strike(fault);
    }
    agenda.hurry();
    awaitUp();
  }

  /** How often each kind struck. */
  Map<Kind, Integer> struck() {
    return struck;
  }

  /** Processes that were killed. */
  int kills() {
    return kills;
  }

  /** How often a worker was killed at each named point; else it was killed where it was. */
  Map<Kind, Integer> reached() {
    return reached;
  }

  /** Processes that ended though nobody asked them to. */
  int exits() {
    return exits;
  }

  private void strike(Fault fault) {
    switch (fault.kind()) {
      case WORKER -> kill(fault, pick(fleet.workers(), fault), true);
      case CLAIMED, RENDERED, UPLOADING, STORED, COMPLETED -> ambush(fault);
      case COORDINATOR -> kill(fault, pick(fleet.coordinators(), fault), true);
      case COORDINATORS -> fleet.coordinators().forEach(each -> kill(fault, each, true));
      case REDIS -> kill(fault, pick(List.of(fleet.redis()), fault), true);
      case STORE -> kill(fault, pick(List.of(fleet.store()), fault), true);
      case WORKER_TERM -> terminate(fault, pick(fleet.workers(), fault));
      case WORKER_PAUSE, WORKER_LONG_PAUSE -> pause(fault, pick(fleet.workers(), fault));
      case REDIS_PAUSE, REDIS_LONG_PAUSE -> pause(fault, pick(List.of(fleet.redis()), fault));
    }
    struck.merge(fault.kind(), 1, Integer::sum);
  }

  /** The first one that serves, beginning at the victim's place; waits until there is one. */
  private Member pick(List<Member> members, Fault fault) {
    agenda.await("a victim of " + fault, START, () -> find(members, fault.victim()).isPresent());
    return find(members, fault.victim()).orElseThrow();
  }

  private static Optional<Member> find(List<Member> members, int from) {
    for (int i = 0; i < members.size(); i++) {
      Member member = members.get((from + i) % members.size());
      if (member.up()) {
        return Optional.of(member);
      }
    }
    return Optional.empty();
  }

  private void kill(Fault fault, Member victim, boolean hit) {
    agenda.await(victim.name() + " to kill", START, () -> victim.up());
    note(fault, victim, hit);
    victim.kill();
    kills++;
    agenda.in(fault.length(), victim::start);
  }

  private void ambush(Fault fault) {
    Member victim = pick(fleet.workers(), fault);
    Ambush ambush = fleet.ambush(victim);
    ambush.lay(fault.kind());
    long end = System.nanoTime() + AMBUSH.toNanos();
    agenda.await(
        "the point",
        START,
        () -> ambush.sprung() || System.nanoTime() - end >= 0 || victim.ended());
    boolean hit = ambush.sprung();
    if (hit) {
      reached.merge(fault.kind(), 1, Integer::sum);
    }
    kill(fault, victim, hit);
    ambush.lift();
  }

  private void terminate(Fault fault, Member victim) {
    note(fault, victim, true);
    victim.terminate();
  }

  private void pause(Fault fault, Member victim) {
    note(fault, victim, true);
    victim.pause();
    agenda.in(fault.length(), victim::resume);
  }

  /** Starts what has ended by itself. */
  private void mend() {
    for (Member member : fleet.all()) {
      if (member.ended()) {
        exits += member.leaving() ? 0 : 1;
        history.add(
            History.line("exit")
                .put("who", member.name())
                .put("asked", member.leaving())
                .put("code", member.process().exit(START)));
        member.start();
      }
    }
  }

  private void note(Fault fault, Member victim, boolean hit) {
    history.add(
        History.line("fault")
            .put("kind", fault.kind().name())
            .put("who", victim.name())
            .put("pid", victim.process().pid())
            .put("hit", hit)
            .put("millis", fault.length().toMillis()));
  }
}
