package dev.cascadefarm.coordinator.events;

import dev.cascadefarm.common.queue.JobEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A client that has room for so many events and says when it has more. */
class ScriptedSink implements EventSink {
  final List<JobEvent> sent = new ArrayList<>();
  int room;
  boolean finished;
  Optional<Reason> aborted = Optional.empty();
  private Runnable drained = () -> {};

  ScriptedSink(int room) {
    this.room = room;
  }

  void makeRoom(int more) {
    room += more;
    drained.run();
  }

  List<Long> sequences() {
    return sent.stream().filter(event -> event.seq() != null).map(JobEvent::seq).toList();
  }

  @Override
  public void send(JobEvent event) {
    sent.add(event);
    room--;
  }

  @Override
  public boolean full() {
    return room <= 0;
  }

  @Override
  public void onDrain(Runnable action) {
    drained = action;
  }

  @Override
  public void onClose(Runnable action) {}

  @Override
  public void ping() {}

  @Override
  public void finish() {
    finished = true;
  }

  @Override
  public void abort(Reason reason) {
    aborted = Optional.of(reason);
  }
}
