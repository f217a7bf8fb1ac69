package dev.cascadefarm.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.job.JobState;
import dev.cascadefarm.common.job.TaskState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What must hold between any two operations, read from the raw keys. X: a task that is not over is
 * in exactly one index. R: a tenant is in a ring if and only if it could be served. Besides, the
 * counters equal the truth, and every log is 1..n with the one terminal event last.
 */
final class Invariants {
  private final RawRedis redis;
  private final Map<String, Map<String, String>> tasks = new TreeMap<>();
  private final Map<String, Map<String, String>> jobs = new TreeMap<>();
  private final Map<String, List<String>> indexes = new HashMap<>();
  private final Map<String, Integer> pending = new HashMap<>();
  private final List<String> keys;

  private Invariants(RawRedis redis) {
    this.redis = redis;
    this.keys = redis.keys();
  }

  static void check(RawRedis redis) {
    Invariants now = new Invariants(redis);
    now.read();
    now.checkTasks();
    now.checkIndexes();
    now.checkRings();
    now.checkJobs();
    now.checkTenants();
  }

  private void read() {
    for (String key : keys) {
      String name = key.substring(key.indexOf(':') + 1);
      if (key.startsWith("task:")) {
        tasks.put(name, redis.hash(key));
      } else if (key.startsWith("job:")) {
        jobs.put(name, redis.hash(key));
      } else if (key.startsWith("rdy:") || key.startsWith("dly:") || key.startsWith("lease:")) {
        redis.scores(key).keySet().forEach(id -> index(id).add(key));
      } else if (key.startsWith("pend:")) {
        pending.put(name, redis.hash(key).size());
        redis.hash(key).keySet().forEach(id -> index(name + ":" + id).add(key));
      }
    }
  }

  private List<String> index(String task) {
    return indexes.computeIfAbsent(task, id -> new ArrayList<>());
  }

  private void checkTasks() {
    tasks.forEach(
        (id, task) -> {
          List<String> expected =
              switch (state(task)) {
                case READY -> List.of("rdy:" + task.get("bundle") + ":" + task.get("tenant"));
                case DELAYED -> List.of("dly:" + task.get("bundle"));
                case LEASED -> List.of("lease:" + task.get("bundle"));
                case BLOCKED, DONE, DEAD, CANCELLED -> List.of();
              };
          assertThat(indexes.getOrDefault(id, List.of()))
              .as("X: %s %s", id, task)
              .isEqualTo(expected);
          boolean leased = state(task) == TaskState.LEASED;
          assertThat(task.containsKey("nonce")).as("nonce of %s", id).isEqualTo(leased);
          if (leased) {
            assertThat(redis.scores("wl:" + task.get("worker"))).as("wl").containsKey(id);
          }
        });
  }

  private void checkIndexes() {
    indexes.forEach(
        (id, where) -> {
          boolean blocked = where.get(0).startsWith("pend:");
          assertThat(tasks.containsKey(id)).as("X: %s in %s", id, where).isEqualTo(!blocked);
        });
    keys.stream()
        .filter(key -> key.startsWith("wl:"))
        .forEach(
            key ->
                redis
                    .scores(key)
                    .keySet()
                    .forEach(
                        id ->
                            assertThat(state(tasks.get(id)))
                                .as("%s in %s", id, key)
                                .isEqualTo(TaskState.LEASED)));
  }

  private void checkRings() {
    Set<String> expected = new java.util.TreeSet<>();
    for (String key : keys) {
      if (key.startsWith("rdy:")) {
        String[] parts = key.split(":", -1);
        Map<String, String> tenant = redis.hash("ten:" + parts[2]);
        long inFlight = Long.parseLong(tenant.getOrDefault("infl:" + parts[1], "0"));
        String cap = tenant.getOrDefault("cap", Long.toString(Long.MAX_VALUE));
        boolean paused =
            tenant.containsKey("paused") || redis.hash("st:" + parts[1]).containsKey("paused");
        if (inFlight < Long.parseLong(cap) && !paused) {
          expected.add("ring:" + parts[1] + " " + parts[2]);
        }
      }
    }
    Set<String> found = new java.util.TreeSet<>();
    keys.stream()
        .filter(key -> key.startsWith("ring:"))
        .forEach(key -> redis.scores(key).keySet().forEach(ten -> found.add(key + " " + ten)));
    assertThat(found).as("R").isEqualTo(expected);
  }

  private void checkJobs() {
    jobs.forEach(
        (id, job) -> {
          long open =
              tasks.entrySet().stream()
                      .filter(task -> task.getKey().startsWith(id + ":"))
                      .filter(task -> !over(state(task.getValue())))
                      .count()
                  + pending.getOrDefault(id, 0);
          assertThat(job.get("open")).as("open tasks of %s", id).isEqualTo(Long.toString(open));
          checkLog(id, JobState.of(job.getOrDefault("state", "")), job);
          checkIdempotency(job);
        });
  }

  private void checkLog(String id, JobState state, Map<String, String> job) {
    List<String[]> log = redis.log(id);
    for (int i = 0; i < log.size(); i++) {
      assertThat(log.get(i)[0]).as("event ids of %s", id).isEqualTo(i + 1 + "-0");
      boolean last = i == log.size() - 1 || log.get(i + 1)[1].equals(JobEvent.JOB_REDRIVEN);
      boolean terminal =
          Set.of(JobEvent.JOB_SUCCEEDED, JobEvent.JOB_FAILED, JobEvent.JOB_CANCELLED)
              .contains(log.get(i)[1]);
      assertThat(terminal)
          .as("%s of %s, which is %s", log.get(i)[1], id, state)
          .isEqualTo(last && (i < log.size() - 1 || state.terminal()));
    }
    assertThat(job.get("ev")).isEqualTo(Integer.toString(log.size()));
    String ended = (state == JobState.FAILED ? "failed:" : "done:") + job.get("tenant");
    assertThat(redis.scores(ended).containsKey(id)).isEqualTo(state.terminal());
    assertThat(redis.scores("gc").containsKey(id)).isEqualTo(state.terminal());
  }

  private void checkIdempotency(Map<String, String> job) {
    String key = job.get("idem");
    if (key != null) {
      boolean terminal = JobState.of(job.getOrDefault("state", "")).terminal();
      assertThat(redis.ttlMs("idem:" + job.get("tenant") + ":" + key) > 0).isEqualTo(terminal);
    }
  }

  private void checkTenants() {
    for (String key : keys) {
      if (!key.startsWith("ten:")) {
        continue;
      }
      String tenant = key.substring(4);
      Map<String, String> fields = redis.hash(key);
      long backlog =
          jobs.values().stream()
              .filter(job -> tenant.equals(job.get("tenant")))
              .mapToLong(job -> Long.parseLong(job.getOrDefault("open", "0")))
              .sum();
      assertThat(fields.getOrDefault("backlog", "0"))
          .as("backlog")
          .isEqualTo(Long.toString(backlog));
      fields.forEach(
          (field, value) -> {
            if (field.startsWith("infl:")) {
              assertThat(value).as(field).isEqualTo(Long.toString(leased(tenant, field)));
            }
          });
    }
  }

  private long leased(String tenant, String field) {
    return tasks.values().stream()
        .filter(task -> tenant.equals(task.get("tenant")))
        .filter(task -> field.equals("infl:" + task.get("bundle")))
        .filter(task -> state(task) == TaskState.LEASED)
        .count();
  }

  private static TaskState state(Map<String, String> task) {
    return TaskState.of(task.getOrDefault("state", ""));
  }

  private static boolean over(TaskState state) {
    return state == TaskState.DONE || state == TaskState.DEAD || state == TaskState.CANCELLED;
  }
}
