package dev.cascadefarm.e2e.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * The rules, for the code below a root package. A rule's text is what a failed build shows.
 *
 * @param root for example {@code dev.cascadefarm}
 */
record Rules(String root) {
  private static final String[] LAYER_NAMES = {"..util..", "..impl..", "..model..", "..service.."};
  private static final String TWO_FARMS = "two farms in one process must not share anything";
  private static final List<Class<?>> HOLDERS =
      List.of(
          AtomicBoolean.class,
          AtomicInteger.class,
          AtomicLong.class,
          AtomicReference.class,
          ConcurrentMap.class,
          ThreadLocal.class);
  private static final String[] REMOTE = {
    "io.vertx..", "io.minio..", "com.hazelcast..", "redis.embedded..", "com.squareup.."
  };

  ArchRule commonKnowsNoOtherModule() {
    return none("common", "coordinator", "worker", "diffusion", "embedded", "standalone")
        .because("everybody knows common");
  }

  ArchRule diffusionKnowsNoOtherModule() {
    return none("diffusion", "common", "coordinator", "worker", "embedded", "standalone")
        .because("the models and the maths are a library of their own");
  }

  ArchRule diffusionKnowsNeitherNetworkNorFutures() {
    DescribedPredicate<JavaClass> futures =
        assignableTo(Future.class).or(assignableTo(CompletionStage.class));
    return noClasses()
        .that()
        .resideInAPackage(in("diffusion"))
        .should()
        .dependOnClassesThat(resideInAnyPackage(REMOTE).or(futures))
        .because("whoever runs a model decides on which thread");
  }

  ArchRule coordinatorKnowsNoWorker() {
    return none("coordinator", "worker", "diffusion", "embedded", "standalone")
        .because("workers hand over without a coordinator, and it without them");
  }

  ArchRule workerKnowsNoCoordinator() {
    return none("worker", "coordinator", "embedded", "standalone")
        .because("running jobs finish while every coordinator is down");
  }

  ArchRule embeddedKnowsNoOtherModule() {
    return none("embedded", "common", "coordinator", "worker", "diffusion", "standalone")
        .because("to the farm it is just a Redis and an S3 store");
  }

  ArchRule packagesOfAModuleFormNoCycle() {
    return slices().matching(root + ".(*).(**)").namingSlices("$1.$2").should().beFreeOfCycles();
  }

  ArchRule packagesAreNamedByFeature() {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .should()
        .resideInAnyPackage(LAYER_NAMES)
        .because("a package is named by what it does for the farm");
  }

  ArchRule nothingSleeps() {
    return noClasses()
        .that()
        .resideInAPackage(root + "..")
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", long.class, int.class)
        .because("waiting is a timer of the event loop, or a condition with a deadline");
  }

  ArchRule staticFieldsAreFinal() {
    return fields()
        .that()
        .areDeclaredInClassesThat(resideInAPackage(root + ".."))
        .and()
        .areStatic()
        .should()
        .beFinal()
        .because(TWO_FARMS);
  }

  ArchRule staticFieldsHoldNoState() {
    DescribedPredicate<JavaClass> holder =
        HOLDERS.stream()
            .map(JavaClass.Predicates::assignableTo)
            .reduce(DescribedPredicate.alwaysFalse(), (any, next) -> any.or(next))
            .as("a class that holds changing state");
    return noFields()
        .that()
        .areDeclaredInClassesThat(resideInAPackage(root + ".."))
        .and()
        .areStatic()
        .should()
        .haveRawType(holder)
        .because(TWO_FARMS);
  }

  private ArchRule none(String module, String... others) {
    return noClasses()
        .that()
        .resideInAPackage(in(module))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(Stream.of(others).map(this::in).toArray(String[]::new));
  }

  private String in(String module) {
    return root + "." + module + "..";
  }
}
