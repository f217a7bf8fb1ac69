package dev.cascadefarm.common.queue;

import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is left of ended jobs, in Redis. Thread-safe. */
final class RedisJobRetention implements JobRetention {
  private final RedisGateway gateway;

  RedisJobRetention(RedisGateway gateway) {
    this.gateway = gateway;
  }

  @Override
  public Future<List<String>> expired(String tenant, Keep keep, int limit) {
    Cursors.checkLimit(limit);
    return gateway
        .run(
            Script.EXPIRED,
            List.of(
                tenant,
                Long.toString(keep.failed().age().toMillis()),
                Integer.toString(keep.failed().jobs()),
                Long.toString(keep.others().age().toMillis()),
                Integer.toString(keep.others().jobs()),
                Integer.toString(limit)))
        .map(reply -> ScriptReply.strings(reply.at(0)));
  }

  @Override
  public Future<Boolean> forget(String tenant, String job) {
    return gateway.run(Script.FORGET, List.of(tenant, job)).map(reply -> reply.code().equals("OK"));
  }

  @Override
  public Future<List<EndedJob>> uncollected(Duration age, int limit) {
    Cursors.checkLimit(limit);
    return gateway
        .run(Script.GARBAGE, List.of(Long.toString(age.toMillis()), Integer.toString(limit)))
        .map(reply -> pairs(reply.at(0)));
  }

  private static List<EndedJob> pairs(Response flat) {
    List<EndedJob> jobs = new ArrayList<>();
    for (int i = 0; i + 1 < flat.size(); i += 2) {
      jobs.add(new EndedJob(flat.get(i + 1).toString(), flat.get(i).toString()));
    }
    return jobs;
  }

  @Override
  public Future<@Nullable Void> collected(String job) {
    return gateway.run(Script.COLLECTED, List.of(job)).mapEmpty();
  }
}
