package dev.cascadefarm.benchmark;

import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A queue under measurement: a redis-server that serves nothing else, and the processes of its
 * clients and workers.
 */
final class QueueSystem implements AutoCloseable {
  private final ScratchRedis redis;
  private final Peer peer;
  private final Workload workload;
  private final List<Cost> costs = new ArrayList<>();
  private long tasks;

  private QueueSystem(ScratchRedis redis, Peer peer, Workload workload) {
    this.redis = redis;
    this.peer = peer;
    this.workload = workload;
  }

  /** Processor time of one task, in microseconds. */
  record Cost(double clients, double redis) {
    double sum() {
      return clients + redis;
    }
  }

  /** Ours. */
  static QueueSystem ours(Vertx vertx, Workload workload) throws IOException {
    ScratchRedis redis = ScratchRedis.start(vertx);
    List<String> arguments = List.of(redis.url(), workload.word());
    return new QueueSystem(redis, Peer.java(QueuePeer.class, arguments), workload);
  }

  /** Another, whose command gets the same arguments as ours and the payload of a job. */
  static QueueSystem other(Vertx vertx, Workload workload, List<String> command, String payload)
      throws IOException {
    ScratchRedis redis = ScratchRedis.start(vertx);
    List<String> whole = new ArrayList<>(command);
    whole.addAll(List.of(redis.url(), workload.word(), payload));
    return new QueueSystem(redis, Peer.start(whole, Map.of()), workload);
  }

  /** Sees jobs through on an empty Redis; answers with the processor time of one task. */
  double round(int jobs) {
    redis.flush();
    redis.ask(io.vertx.redis.client.Command.CONFIG, "RESETSTAT");
    Duration clientsBefore = peer.cpu();
    Duration redisBefore = redis.cpu();
    double done = peer.ask(Integer.toString(jobs));
    Cost cost =
        new Cost(each(peer.cpu(), clientsBefore, jobs), each(redis.cpu(), redisBefore, jobs));
    tasks += (long) jobs * workload.stages();
    if (done != tasks) {
      throw new IllegalStateException("tasks done: " + done + " (expected: " + tasks + ")");
    }
    costs.add(cost);
    return cost.sum();
  }

  private double each(Duration now, Duration before, int jobs) {
    return now.minus(before).toNanos() / 1e3 / jobs / workload.stages();
  }

  /** The costs of the last rounds. */
  List<Cost> last(int rounds) {
    return costs.subList(costs.size() - rounds, costs.size());
  }

  /** What the last round asked of Redis. */
  RedisInfo commands() {
    return redis.info("commandstats");
  }

  @Override
  public void close() {
    peer.close();
    redis.close();
  }
}
