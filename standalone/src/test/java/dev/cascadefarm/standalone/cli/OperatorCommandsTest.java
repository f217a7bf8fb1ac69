package dev.cascadefarm.standalone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cascadefarm.common.cascade.BundleId;
import dev.cascadefarm.common.cascade.StageBundle;
import dev.cascadefarm.common.job.JobPlan;
import dev.cascadefarm.common.job.JobSpec;
import dev.cascadefarm.common.job.PlannedStage;
import dev.cascadefarm.common.queue.JobQueue.Submission;
import dev.cascadefarm.common.queue.QueueHints;
import dev.cascadefarm.common.queue.RedisQueue;
import dev.cascadefarm.common.queue.TaskQueue.Claim;
import dev.cascadefarm.common.queue.TaskQueue.Failure;
import dev.cascadefarm.common.queue.TaskQueue.LeasedTask;
import dev.cascadefarm.common.queue.WorkerSnapshot;
import dev.cascadefarm.standalone.config.ConfigInput;
import dev.cascadefarm.standalone.config.FarmConfig;
import dev.cascadefarm.standalone.config.ModuleConfigs;
import dev.cascadefarm.standalone.process.EmbeddedFarm;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The operators' commands on a whole farm without models, whose one stage the test serves. */
@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorCommandsTest {
  private static final BundleId DRAW = BundleId.parse("draw@1");
  private static final String DIGEST = "0".repeat(64);
  private static final String WORKER = UUID.randomUUID().toString();
  private static final String ADMIN = "token-of-the-administrator";
  private static final String ARTIST = "token-of-an-artist-01";

  private static final QueueHints NO_HINTS =
      new QueueHints() {
        @Override
        public void publishReady(BundleId bundle) {}

        @Override
        public void publishJob(String job) {}
      };

  private final Terminal terminal = new Terminal();
  private Path directory;
  private Vertx vertx;
  private EmbeddedFarm farm;
  private RedisQueue queue;

  @BeforeAll
  void start(@TempDir Path folder) throws IOException {
    directory = folder;
    Files.createDirectories(directory.resolve("catalogue/bundles"));
    Files.createDirectories(directory.resolve("catalogue/cascades"));
    Path tokens =
        Files.writeString(
            directory.resolve("tokens.yaml"),
            "tokens: [{token: " + ARTIST + ", tenant: studio, role: submit}]");
    Map<String, String> values =
        Map.of(
            "catalogue", directory.resolve("catalogue").toString(),
            "data", directory.resolve("data").toString(),
            "api.port", "0",
            "api.token", ADMIN,
            "api.tokens-file", tokens.toString());
    farm = EmbeddedFarm.start(FarmConfig.load(new ConfigInput(null, directory, Map.of(), values)));
    vertx = Vertx.vertx();
    queue = new RedisQueue(vertx, ModuleConfigs.queue(farm.config()), NO_HINTS);
    await(queue.start());
    await(queue.jobs().register(DRAW, DIGEST));
  }

  @AfterAll
  void stop() {
    await(queue.close());
    await(vertx.close());
    farm.close();
  }

  @BeforeEach
  void nothingWaits() {
    terminal.clear();
    run("resume", "stage", "draw@1");
    run("resume", "tenant", "studio");
    run("dead", "redrive", "--all");
    await(queue.tasks().goodbye(WORKER));
    await(queue.jobs().jobs("studio", "", 1000))
        .jobs()
        .forEach(job -> await(queue.jobs().cancel("studio", job.id())));
    terminal.clear();
  }

  @Test
  void fleet_stageAndItsWorkers_inOneTable() {
    submit();
    submit();
    await(
        queue.tasks().heartbeat(new WorkerSnapshot(WORKER, DRAW, "here", 7, "cpu", 4, 2, null, 0)));
    String second = UUID.randomUUID().toString();
    await(
        queue
            .tasks()
            .heartbeat(new WorkerSnapshot(second, DRAW, "there", 8, "cuda:0", 4, 0, 45.0, 0)));

    assertThat(run("fleet")).as(terminal.err()).isZero();

    List<String> lines = terminal.out().lines().toList();
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0))
        .matches("STAGE +STATE +READY +WORK +RUNNING +DELAYED +MOST +WORKER +DEVICE +BUSY +SEEN");
    assertThat(lines.get(1)).matches("draw@1 +open +2 +1m30s +0 +0 +- +(here:7|there:8) .*");
    assertThat(lines.get(1) + lines.get(2)).contains("here:7", "there:8", "2/4", "0/4", "cuda:0");
    await(queue.tasks().goodbye(second));
  }

  @Test
  void pauseAndResume_stageAndTenant_shownByFleet() {
    assertThat(run("pause", "stage", "draw@1", "--reason", "new driver")).isZero();
    assertThat(run("pause", "tenant", "studio", "--reason", "unpaid bill")).isZero();
    assertThat(terminal.out().lines()).containsExactly("draw@1: paused", "studio: paused");
    submit();
    assertThat(claim()).isEmpty();

    terminal.clear();
    run("fleet");
    assertThat(terminal.out().lines().toList().get(1)).startsWith("draw@1  paused");
    assertThat(terminal.out().lines())
        .contains("draw@1 is paused: new driver", "tenant studio is paused: unpaid bill");

    terminal.clear();
    assertThat(run("resume", "stage", "draw@1")).isZero();
    assertThat(run("resume", "tenant", "studio")).isZero();
    assertThat(terminal.out().lines()).containsExactly("draw@1: resumed", "studio: resumed");
    assertThat(claim()).hasSize(1);
  }

  @Test
  void dead_listsAndTakesUpWhatIsNamed() {
    String first = kill("no such colour");
    String second = kill("no such\nshape");

    assertThat(run("dead")).as(terminal.err()).isZero();
    assertThat(terminal.out().lines().toList().get(0))
        .matches("TASK +TENANT +KIND +TRIES +AT +REASON");
    assertThat(terminal.out().lines().toList().get(1))
        .startsWith(second + "  studio  permanent")
        .endsWith("no such shape");
    terminal.clear();
    assertThat(run("dead", "list", "--limit", "1")).isZero();
    assertThat(terminal.out().lines()).hasSize(2);
    String more = terminal.err().strip();
    assertThat(more).startsWith("more: --cursor ");
    terminal.clear();
    assertThat(run("dead", "--cursor", more.substring(more.lastIndexOf(' ') + 1))).isZero();
    assertThat(terminal.out()).contains(first).doesNotContain(second);

    terminal.clear();
    assertThat(run("dead", "redrive", first, "nothing:draw:0")).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.out().lines()).containsExactly(first);
    assertThat(terminal.err()).startsWith("farm: nothing:draw:0: no such dead task");
    assertThat(claim()).hasSize(1);
  }

  @Test
  void deadRedriveAll_pageByPage_takesUpEach() {
    List<String> killed = new ArrayList<>();
    for (int i = 0; i < 101; i++) {
      killed.add(kill("no such colour"));
    }

    assertThat(run("dead", "redrive", "--all")).as(terminal.err()).isZero();

    assertThat(terminal.out().lines()).containsExactlyInAnyOrderElementsOf(killed);
    terminal.clear();
    assertThat(run("dead")).isZero();
    assertThat(terminal.out()).isEmpty();
    assertThat(claim()).hasSize(64);
    assertThat(claim()).hasSize(37);
  }

  @Test
  void audit_healthyQueue_saysSo() {
    submit();
    assertThat(run("audit")).as(terminal.err()).isZero();
    assertThat(terminal.out()).isEmpty();
    assertThat(terminal.err().strip()).isEqualTo("audit: nothing found");
  }

  @Test
  void audit_taskTakenOutOfItsIndex_foundThenPutRight() {
    submit();
    takeOutOfIndex();

    assertThat(run("audit")).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.out().lines().toList().get(0)).matches("KIND +WHAT +FOUND");
    assertThat(terminal.out().lines().toList().get(1))
        .matches("X +[0-9a-f-]{36}:draw:0 +ready, but not in rdy");
    assertThat(terminal.out().lines().toList().get(2)).matches("R +draw@1 studio +in the ring");
    assertThat(terminal.err().strip()).isEqualTo("audit: 2 found; --repair puts them right");
    terminal.clear();
    assertThat(run("audit", "--repair")).isEqualTo(ExitCode.FAILED);
    assertThat(terminal.err().strip()).matches("audit: [12] found and put right");
    assertThat(run("audit")).isZero();
    assertThat(claim()).hasSize(1);
  }

  /** By somebody else's hands. */
  private void takeOutOfIndex() {
    Redis redis = Redis.createClient(vertx, ModuleConfigs.queue(farm.config()).redisUrl());
    await(redis.send(Request.cmd(Command.DEL, "farm:{0}:rdy:draw@1:studio")));
    redis.close();
  }

  @Test
  void anyCommand_refusedByTheFarm_usageInOneLine() {
    assertRefused("bundle: \"draw@9\" (expected: a bundle", "resume", "stage", "draw@9");
    assertRefused("bundle: \"Draw\" (expected: string", "resume", "stage", "Draw");
    assertRefused("tenant: \"nobody\" (expected: a tenant", "resume", "tenant", "nobody");
    assertRefused("reason: \" \" (expected: at least", pause("stage", "draw@1", " "));
    assertRefused("tasks.0: \"x\" (expected: string", "dead", "redrive", "x");
    assertRefused("cursor: \"x\" (expected: the next", "dead", "--cursor", "x");
    assertRefused("limit: 0 (expected: integer", "dead", "--limit", "0");
  }

  private static String[] pause(String what, String name, String reason) {
    return new String[] {"pause", what, name, "--reason", reason};
  }

  @Test
  void anyCommand_tokenOfAnotherRoleOrNone_usageSaysWhichIsNeeded() {
    for (List<String> command :
        List.of(
            List.of("fleet"),
            List.of("dead"),
            List.of("audit"),
            List.of("dead", "redrive", "--all"),
            List.of("resume", "stage", "draw@1"),
            List.of("pause", "tenant", "studio", "--reason", "x"))) {
      String[] arguments = command.toArray(String[]::new);
      assertThat(runAs(ARTIST, arguments)).isEqualTo(ExitCode.USAGE);
      assertThat(terminal.err())
          .isEqualToIgnoringNewLines("farm: role: \"submit\" (expected: admin)");
      terminal.clear();
      assertThat(runAs("token-of-nobody-at-all", arguments)).isEqualTo(ExitCode.USAGE);
      assertThat(terminal.err()).startsWith("farm: Authorization: missing or wrong");
      terminal.clear();
    }
  }

  private void assertRefused(String message, String... arguments) {
    terminal.clear();
    assertThat(run(arguments)).isEqualTo(ExitCode.USAGE);
    assertThat(terminal.err().lines())
        .singleElement()
        .asString()
        .startsWith("farm: ")
        .contains(message);
    assertThat(terminal.out()).isEmpty();
  }

  private String kill(String reason) {
    submit();
    LeasedTask task = claim().get(0);
    await(
        queue
            .tasks()
            .fail(new Failure(task.id(), WORKER, task.nonce(), Failure.Kind.PERMANENT, reason)));
    return task.id().toString();
  }

  private void submit() {
    PlannedStage draw =
        new PlannedStage("draw", DRAW, DIGEST, StageBundle.Per.IMAGE, Map.of(), List.of());
    String job = UUID.randomUUID().toString();
    JobSpec spec = new JobSpec("pictures@1", "a red circle", null, 1, 42, Map.of());
    await(
        queue
            .jobs()
            .submit(new Submission("studio", job, null, job, 0, spec, new JobPlan(List.of(draw)))));
  }

  private List<LeasedTask> claim() {
    String request = UUID.randomUUID().toString();
    return await(queue.tasks().claim(new Claim(WORKER, request, DRAW, DIGEST, 64))).tasks();
  }

  private int run(String... arguments) {
    return runAs(ADMIN, arguments);
  }

  private int runAs(String token, String... arguments) {
    Map<String, String> environment =
        Map.of("FARM_SERVER", farm.address().toString(), "FARM_API_TOKEN", token);
    return terminal.run(environment, directory, arguments);
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.await(20, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer (expected: within 20 s)", e);
    }
  }
}
