package dev.cascadefarm.e2e.chaos.judge;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.cascadefarm.e2e.chaos.judge.Violation.Kind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The judge accepts a good history, and finds each thing that can be wrong with one. */
class CheckerTest {
  private static final String DONE = "'type':'task.completed','stage':'base','image':0,'attempt':2";

  @TempDir private Path folder;

  private final Synthetic history = new Synthetic();

  private void assertFinds(Kind... kinds) {
    Verdict verdict = history.judge(folder);
    assertThat(verdict.kinds()).as("%s", verdict.violations()).containsExactlyInAnyOrder(kinds);
  }

  @Test
  void judge_good_findsNothing() {
    assertFinds();
    assertThat(history.judge(folder)).extracting(Verdict::jobs, Verdict::retried).contains(1, 3);
  }

  @Test
  void judge_sharesNoCodeWithTheFarm() {
    JavaClasses judge = new ClassFileImporter().importPackages(Checker.class.getPackageName());
    classes()
        .that()
        .haveNameNotMatching(".*(CheckerTest|Synthetic).*")
        .should()
        .onlyDependOnClassesThat(
            resideInAnyPackage(
                Checker.class.getPackageName(),
                "java..",
                "com.fasterxml.jackson..",
                "com.google.errorprone.annotations..",
                "org.jspecify.."))
        .check(judge);
  }

  @Test
  void judge_unknownOperation_isRefused() {
    history.add("{'op':'pray'}");
    assertThatThrownBy(() -> history.judge(folder)).hasMessageContaining("pray");
  }

  @Test
  void judge_acknowledgedJobGone_isLost() {
    history.remove("job", "j1").remove("log", "j1").remove("watch", "j1");
    assertFinds(Kind.LOST);
  }

  @Test
  void judge_jobStillRuns_isLost() {
    history.replace("job", "succeeded", "running");
    assertFinds(Kind.LOST, Kind.GAP);
  }

  @Test
  void judge_jobFailed_isLost() {
    history.replace("job", "succeeded", "failed");
    history.replace("log", "job.succeeded", "job.failed");
    history.replace("watch", "job.succeeded", "job.failed");
    assertFinds(Kind.LOST);
  }

  @Test
  void judge_taskNeverCompleted_isLost() {
    history.replace("log", DONE, DONE.replace("completed", "seen"));
    history.replace("watch", DONE, DONE.replace("completed", "seen"));
    assertFinds(Kind.LOST, Kind.ORDER);
  }

  @Test
  void judge_pictureNeverCompleted_isLost() {
    history.replace("log", "image.completed", "image.seen");
    history.replace("watch", "image.completed", "image.seen");
    assertFinds(Kind.LOST);
  }

  @Test
  void judge_jobOfNobody_isUnexpected() {
    history.replace("job", "'seed':7", "'seed':8");
    assertFinds(Kind.UNEXPECTED);
  }

  @Test
  void judge_jobOfARefusedSubmission_isUnexpected() {
    history.replace("submit", "unknown", "fail").replace("submit", "'ok'", "'fail'");
    assertFinds(Kind.UNEXPECTED);
  }

  @Test
  void judge_jobOfAnUnansweredSubmission_isCounted() {
    history.remove("submit", "'ok'");
    assertFinds();
    assertThat(history.judge(folder).unknown()).isEqualTo(1);
  }

  @Test
  void judge_unansweredSubmissionWithoutJob_isNothing() {
    history.add("{'op':'submit','key':'k2','seed':8,'type':'unknown'}");
    assertFinds();
  }

  @Test
  void judge_oneKeyTwoAnswers_isDoubled() {
    history.add("{'op':'submit','key':'k1','seed':7,'type':'ok','job':'j2'}");
    assertFinds(Kind.DOUBLED, Kind.LOST);
  }

  @Test
  void judge_twoJobsOfOneSubmission_isDoubled() {
    history.add("{'op':'job','job':{'id':'j2','status':'succeeded','seed':7,'n':0,'stages':[]}}");
    assertFinds(Kind.DOUBLED, Kind.LOST, Kind.GAP);
  }

  @Test
  void judge_jobListedTwice_isDoubled() {
    history.add("{'op':'job','job':{'id':'j1','status':'succeeded','seed':7,'n':0,'stages':[]}}");
    assertThat(history.judge(folder).kinds()).contains(Kind.DOUBLED);
  }

  @Test
  void judge_taskCompletedTwice_isDoubled() {
    String again = "'type':'task.completed','stage':'text','attempt':2";
    history.replace("log", "'type':'job.running'", again);
    history.replace("watch", "'type':'job.running'", again);
    assertThat(history.judge(folder).kinds()).contains(Kind.DOUBLED);
  }

  @Test
  void judge_pictureCompletedTwice_isDoubled() {
    String again = "'type':'image.completed','stage':'sr64','image':0";
    history.replace("log", "'type':'job.running'", again);
    history.replace("watch", "'type':'job.running'", again);
    assertFinds(Kind.DOUBLED);
  }

  @Test
  void judge_completionOfAnEarlierLease_isStale() {
    history.replace("log", DONE, DONE.replace("2", "1"));
    assertFinds(Kind.STALE);
  }

  @Test
  void judge_completionOfALeaseTakenBack_isStale() {
    String lease = "'type':'task.started','stage':'base','image':0,'attempt':2";
    history.replace("log", lease, lease.replace("started", "retried"));
    history.replace("watch", lease, lease.replace("started", "retried"));
    assertFinds(Kind.STALE);
  }

  @Test
  void judge_startedBeforeItsInput_isOutOfOrder() {
    String early = "'type':'task.started','stage':'sr64','image':0,'attempt':1";
    history.replace("log", "'type':'job.running'", early);
    history.replace("watch", "'type':'job.running'", early);
    assertFinds(Kind.ORDER);
  }

  @Test
  void judge_startOfAForeignTask_isOutOfOrder() {
    String foreign = "'type':'task.started','stage':'sr256','image':0,'attempt':1";
    history.replace("log", "'type':'job.running'", foreign);
    history.replace("watch", "'type':'job.running'", foreign);
    assertFinds(Kind.ORDER);
  }

  @Test
  void judge_numberMissing_isAGap() {
    history.replace("log", "'seq':5,", "'seq':6,").replace("watch", "'seq':5,", "'seq':6,");
    assertFinds(Kind.GAP);
  }

  @Test
  void judge_twoEnds_isAGap() {
    history.replace("log", "job.running", "job.succeeded");
    history.replace("watch", "job.running", "job.succeeded");
    assertFinds(Kind.GAP);
  }

  @Test
  void judge_endIsNotLast_isAGap() {
    history.replace("log", "job.running", "job.succeeded");
    history.replace("log", "'type':'job.succeeded'}]", "'type':'job.running'}]");
    history.replace("watch", "job.running", "job.succeeded");
    history.replace("watch", "'type':'job.succeeded'}]", "'type':'job.running'}]");
    assertFinds(Kind.GAP);
  }

  @Test
  void judge_readerMissedAnEvent_isAGap() {
    history.replace("watch", "{'seq':2,'type':'job.running'},", "");
    assertFinds(Kind.GAP);
  }

  @Test
  void judge_readerHeardAnEventTwice_isAGap() {
    String event = "{'seq':2,'type':'job.running'},";
    history.replace("watch", event, event + event);
    assertFinds(Kind.GAP);
  }

  @Test
  void judge_readerCutShort_isNoGap() {
    history.replace("watch", "'ended':true", "'ended':false");
    history.replace("watch", ",{'seq':16,'type':'job.succeeded'}", "");
    assertFinds();
  }

  @Test
  void judge_auditFoundSomething_isReported() {
    history.add("{'op':'audit','finding':'a task in no index'}");
    assertFinds(Kind.AUDIT);
  }

  @Test
  void judge_committedObjectGone_isReported() {
    history.remove("object", "base/0/2-n/out','sha256");
    assertFinds(Kind.OBJECT);
  }

  @Test
  void judge_committedObjectSpoilt_isReported() {
    history.replace(
        "object", "base/0/2-n/out','sha256':'bb','bytes'", "base/0/2-n/out','sha256':'dd','bytes'");
    assertFinds(Kind.OBJECT);
  }

  @Test
  void judge_committedObjectCut_isReported() {
    history.replace(
        "object",
        "base/0/2-n/out','sha256':'bb','bytes':3",
        "base/0/2-n/out','sha256':'bb','bytes':2");
    assertFinds(Kind.OBJECT);
  }

  @Test
  void judge_manifestGone_isReported() {
    history.remove("object", "base/0/2-n/manifest.json");
    assertFinds(Kind.OBJECT);
  }

  @Test
  void judge_pictureOfAnAbortedAttempt_isReported() {
    history.replace("picture", "bb", "aa");
    assertFinds(Kind.OBJECT);
  }

  @Test
  void judge_objectOfAnAbortedAttemptGone_isNothing() {
    history.remove("object", "base/0/1-n/");
    assertFinds();
  }
}
