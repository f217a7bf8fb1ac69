package dev.cascadefarm.common.queue.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.queue.Alterations;
import dev.cascadefarm.common.queue.QueueUnderTest;
import dev.cascadefarm.testing.TestRedis;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import net.jqwik.api.Example;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * The comparison with the model can fail: it finds each of these faults, put into the scripts one
 * at a time, and says how soon.
 */
@Tag("integration")
class QueueMutantsTest {
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration SHORTENING = Duration.ofSeconds(5);

  private static TestRedis redis;

  @BeforeContainer
  static void start() {
    redis = TestRedis.start();
  }

  @AfterContainer
  static void stop() {
    redis.close();
  }

  private static void caught(String name, Alterations fault) {
    long seed = ThreadLocalRandom.current().nextLong();
    try (QueueUnderTest queue = QueueUnderTest.open(Names.config(redis.url()), fault)) {
      Optional<Search.Found> found = new Search(queue, SHORTENING).find(seed, LONGEST);
      assertThat(found).as("%s, seed %d", name, seed).isPresent();
      found.ifPresent(difference -> print(name, seed, difference));
    }
  }

  private static void print(String name, long seed, Search.Found found) {
    System.out.printf(
        Locale.ROOT,
        "mutant · %s · seed %d · caught after %d operations, %.2f s%n%s%n",
        name,
        seed,
        found.operations(),
        found.seconds(),
        found.difference().indent(2));
  }

  private static Alterations replace(String script, String from, String to) {
    return Bounds.small().replace(script, from, to);
  }

  @Example
  void completeWithoutNonceCheck_caught() {
    caught(
        "no nonce check on complete",
        replace(
            "complete",
            "elseif not t or t.state ~= 'leased' or t.nonce ~= nonce then",
            "elseif not t or t.state ~= 'leased' then"));
  }

  @Example
  void nextTaskUnderRandomId_caught() {
    caught(
        "next-stage id random",
        replace(
            "every script",
            "local id = job .. ':' .. s.name .. ':' .. image\n  local score",
            "local id = job .. ':' .. s.name .. ':' .. math.random(0, 9)\n  local score"));
  }

  @Example
  void claimWithoutReplay_caught() {
    caught(
        "claim without request-id replay",
        replace("claim", "if last[1] == request then", "if false then"));
  }

  @Example
  void claimWithoutSync_caught() {
    caught(
        "sync omitted in claim",
        replace(
            "claim",
            "if not servable(c) then\n    redis.call('ZREM'",
            "if false then\n    redis.call('ZREM'"));
  }

  @Example
  void sweepWithoutSync_caught() {
    caught(
        "sync omitted in sweep",
        replace(
            "every script",
            "        sync(s.bundle, tenant)\n        over = over + 1",
            "        over = over + 1"));
  }

  @Example
  void completeWithoutEvent_caught() {
    caught(
        "event of complete not in the script",
        replace(
            "complete", "emit_task('task.completed', t, 'rows', rows, 'worker', t.worker)", ""));
  }

  @Example
  void infrastructureFailureCounted_caught() {
    caught(
        "infrastructure failures counted",
        replace(
            "fail",
            "  redis.call('HINCRBY', P .. 'task:' .. id, 'infra', 1)",
            "  redis.call('HINCRBY', P .. 'task:' .. id, 'infra', 1)\n"
                + "  redis.call('HINCRBY', P .. 'task:' .. id, 'failures', 1)"));
  }

  @Example
  void renewUnderStaleNonce_caught() {
    caught("no nonce check on renew", replace("renew", " or t.nonce ~= nonce then", " then"));
  }

  @Example
  void failUnderStaleNonce_caught() {
    caught("no nonce check on fail", replace("fail", " or t.nonce ~= nonce then", " then"));
  }

  @Example
  void completeOfCancelledJob_caught() {
    caught(
        "completion wins over an earlier cancel",
        replace("complete", "if not live(j.state) then", "if false then"));
  }

  @Example
  void handOverWithoutWaiting_caught() {
    caught(
        "the next stage does not wait for all images",
        replace(
            "complete",
            "redis.call('HINCRBY', pend, member, -1) == 0",
            "redis.call('HINCRBY', pend, member, -1) >= 0"));
  }

  @Example
  void creditForIdleTenant_caught() {
    caught(
        "a tenant that comes back has credit",
        replace(
            "every script",
            "math.max(tonumber(ten[4] or 0), tonumber(first[2] or 0))",
            "tonumber(ten[4] or 0)"));
  }

  @Example
  void ageingTurnedRound_caught() {
    caught(
        "a priority is a handicap",
        replace(
            "submit",
            "local base = now - priority * ageing",
            "local base = now + priority * ageing"));
  }

  @Example
  void lostStartCountsAsStall_caught() {
    caught(
        "a lease that never started is a stall",
        replace("reap", "if t.started then", "if true then"));
  }

  @Example
  void stallNeverForgotten_caught() {
    caught(
        "a stall is never forgotten",
        replace("reap", "local fresh = now - first > rules.window_ms", "local fresh = false"));
  }

  @Example
  void backlogForgottenOnCancel_caught() {
    caught(
        "a sweep counts one task too few",
        replace(
            "every script",
            "close(job, tenant, over, idem_ms)",
            "close(job, tenant, math.max(1, over - 1), idem_ms)"));
  }

  @Example
  void otherTenantsJob_caught() {
    caught(
        "a job is shown to another tenant",
        replace("job", "if v[1] ~= tenant then", "if not v[1] then"));
  }

  @Example
  void suspectNotAlone_caught() {
    caught(
        "a task that lost a worker runs beside others",
        replace("claim", "elseif t.stalls == 0 then", "elseif true then"));
  }

  @Example
  void failedWorkerNotAvoided_caught() {
    caught(
        "a task comes back to the worker where it failed",
        replace(
            "claim",
            "if t.avoid and string.find(t.avoid, worker, 1, true) and has_others(t) then",
            "if false then"));
  }

  @Example
  void breakerWithoutProbe_caught() {
    caught(
        "a broken stage is claimed like any other",
        replace("claim", "  if stage[3] then\n    most", "  if false then\n    most"));
  }

  @Example
  void capIgnored_caught() {
    caught(
        "the bound of a tenant is not kept",
        replace(
            "every script",
            "if ready == 0 or paused or tonumber(ten[1] or 0) >= tonumber(ten[2] or FAR) then",
            "if ready == 0 or paused then"));
  }

  @Example
  void pauseOfTenantIgnored_caught() {
    caught(
        "a pause of a tenant is not kept",
        replace(
            "every script", "local paused = ten[3] or redis.call", "local paused = redis.call"));
  }

  @Example
  void redriveWithoutBacklog_caught() {
    caught(
        "a redrive does not count its tasks",
        replace("redrive", "redis.call('HINCRBY', P .. 'ten:' .. t.tenant, 'backlog', open)", ""));
  }

  @Example
  void leaseByTheWorkersClock_caught() {
    caught(
        "a lease by the clock of a worker that is a minute slow",
        replace("claim", "now + lease_ms", "now - 60000 + lease_ms"));
  }

  @Example
  void tokensWithoutEnd_caught() {
    caught(
        "submissions are saved up without end",
        replace(
            "submit",
            "tokens = math.min(burst, tonumber(ten[5] or burst) + math.max(0, grown)) - 1",
            "tokens = tonumber(ten[5] or burst) + math.max(0, grown) - 1"));
  }
}
