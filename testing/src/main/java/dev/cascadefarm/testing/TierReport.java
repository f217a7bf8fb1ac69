package dev.cascadefarm.testing;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * The summary line of a test tier, printed when its tests have run, with the name and the reason of
 * every skipped or aborted test. A run that skipped a test fails: its process ends with status 3. A
 * test that cannot run everywhere belongs into a tier that is asked for by name.
 *
 * <p>The tier is the system property {@code farm.tier}, the module the name of the working
 * directory. Safe for use by several threads.
 */
public final class TierReport implements TestExecutionListener {

  private static final int SKIPPED_STATUS = 3;
  private static final double NANOS_PER_SECOND = 1e9;

  private final Consumer<String> out;
  private final Runnable failRun;
  private final AtomicInteger passed = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final Queue<String> skipped = new ConcurrentLinkedQueue<>();
  private final AtomicLong startNanos = new AtomicLong();

  /** Creates the report of this process; called by the test platform. */
  public TierReport() {
    this(line -> System.out.println(line), TierReport::exitWithFailure);
  }

  TierReport(Consumer<String> out, Runnable failRun) {
    this.out = out;
    this.failRun = failRun;
  }

  /* The process must first hand its results to the build, so only its exit status is changed. */
  private static void exitWithFailure() {
    Thread halt = new Thread(() -> Runtime.getRuntime().halt(SKIPPED_STATUS), "skipped-tests");
    Runtime.getRuntime().addShutdownHook(halt);
  }

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    startNanos.set(System.nanoTime());
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    skipped.add(name(test) + ": " + reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    switch (result.getStatus()) {
      case SUCCESSFUL -> passed.addAndGet(test.isTest() ? 1 : 0);
      case FAILED -> failed.incrementAndGet();
      case ABORTED -> skipped.add(name(test) + ": " + reason(result));
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    if (passed.get() + failed.get() + skipped.size() == 0) {
      return;
    }
    out.accept(summary());
    skipped.forEach(test -> out.accept("  skipped " + test));
    if (!skipped.isEmpty()) {
      out.accept("  (expected: no skipped test; the run fails)");
      failRun.run();
    }
  }

  private String summary() {
    return String.format(
        Locale.ROOT,
        "tier %s · %s · %d passed, %d failed, %d skipped · %.1f s",
        System.getProperty("farm.tier", "unnamed"),
        Path.of("").toAbsolutePath().getFileName(),
        passed.get(),
        failed.get(),
        skipped.size(),
        (System.nanoTime() - startNanos.get()) / NANOS_PER_SECOND);
  }

  private static String name(TestIdentifier test) {
    return test.getSource()
        .filter(MethodSource.class::isInstance)
        .map(MethodSource.class::cast)
        .map(source -> source.getClassName() + "." + source.getMethodName())
        .orElseGet(test::getLegacyReportingName);
  }

  private static String reason(TestExecutionResult result) {
    return result.getThrowable().map(Throwable::toString).orElse("aborted");
  }
}
