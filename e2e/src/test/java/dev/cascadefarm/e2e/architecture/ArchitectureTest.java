package dev.cascadefarm.e2e.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule holds for the shipped modules, and goes red on classes that break it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchitectureTest {
  private static final String ROOT = "dev.cascadefarm";
  private static final String BROKEN = ROOT + ".e2e.architecture.broken";

  /** A rule, and the class among the broken ones that it must name. */
  private static final Map<String, Case> CASES =
      Map.ofEntries(
          Map.entry("common", new Case(Rules::commonKnowsNoOtherModule, "KnowsItsUsers")),
          Map.entry("diffusion", new Case(Rules::diffusionKnowsNoOtherModule, "KnowsTheFarm")),
          Map.entry(
              "diffusion outside",
              new Case(Rules::diffusionKnowsNeitherNetworkNorFutures, "RunsElsewhere")),
          Map.entry("coordinator", new Case(Rules::coordinatorKnowsNoWorker, "KnowsAWorker")),
          Map.entry("worker", new Case(Rules::workerKnowsNoCoordinator, "KnowsACoordinator")),
          Map.entry("embedded", new Case(Rules::embeddedKnowsNoOtherModule, "KnowsTheQueue")),
          Map.entry("cycles", new Case(Rules::packagesOfAModuleFormNoCycle, "There")),
          Map.entry("names", new Case(Rules::packagesAreNamedByFeature, "Helper")),
          Map.entry("sleep", new Case(Rules::nothingSleeps, "Helper")),
          Map.entry("final", new Case(Rules::staticFieldsAreFinal, "Helper.calls")),
          Map.entry("state", new Case(Rules::staticFieldsHoldNoState, "Helper.COUNTER")));

  private JavaClasses shipped;
  private JavaClasses broken;

  private record Case(Function<Rules, ArchRule> rule, String culprit) {}

  @BeforeAll
  void read() {
    shipped = new ClassFileImporter().withImportOption(new Shipped()).importPackages(ROOT);
    broken = new ClassFileImporter().importPackages(BROKEN);
  }

  static Stream<String> rules() {
    return CASES.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rule_shippedModules_holds(String name) {
    CASES.get(name).rule().apply(new Rules(ROOT)).check(shipped);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void rule_brokenClasses_failsAndNamesTheCulprit(String name) {
    var result = CASES.get(name).rule().apply(new Rules(BROKEN)).evaluate(broken);
    assertThat(result.hasViolation()).isTrue();
    assertThat(String.join("\n", result.getFailureReport().getDetails()))
        .contains(CASES.get(name).culprit());
  }

  @Test
  void shipped_everyModule_isThere() {
    for (String module :
        new String[] {"common", "diffusion", "embedded", "coordinator", "worker", "standalone"}) {
      assertThat(shipped.stream().filter(c -> c.getPackageName().startsWith(ROOT + "." + module)))
          .as(module)
          .hasSizeGreaterThan(5);
    }
  }

  /** Leaves out the tests of the farm, and what they share. */
  private static final class Shipped implements ImportOption {
    private static final Pattern TESTS =
        Pattern.compile(
            ".*/(e2e|testing)/target/.*|.*/test-classes/.*|.*/farm-testing-[^/]*\\.jar.*");

    @Override
    public boolean includes(Location location) {
      return !location.matches(TESTS);
    }
  }
}
