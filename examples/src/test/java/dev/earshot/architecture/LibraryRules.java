package dev.earshot.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.core.domain.JavaModifier.SYNTHETIC;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.Timer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The rules for code that users run. */
final class LibraryRules {
  /** The places that make threads; each ends them when it is closed. */
  private static final Set<String> THREAD_OWNERS =
      Set.of("WorkerThreads", "DiskThreads", "NettyTransport", "DiscoveryLoop", "DiscoveryCore");

  private final String root;

  private LibraryRules(String root) {
    this.root = root;
  }

  /** The rules for the classes below the package {@code root}: ours, or the samples. */
  static List<HouseRule> under(String root) {
    LibraryRules rules = new LibraryRules(root);
    return List.of(
        rules.apiRestsOnTheJdk(),
        rules.publicSessionKnowsNoLibrary(),
        rules.room("io.netty..", "..transport.netty..", "LeakingNetty"),
        rules.room("org.bouncycastle..", "..security.tls..", "LeakingBouncyCastle"),
        rules.room("io.nayuki..", "..security.tls..", "LeakingQrCode"),
        rules.room("javax.jmdns..", "..discovery.mdns..", "LeakingJmdns"),
        rules.room("com.google.protobuf..", "..session..", "LeakingProtobuf"),
        rules.oneDoorInwards(),
        rules.noDumpingGrounds(),
        rules.internalsAreFinal(),
        rules.timeComesFromTheLoop(),
        rules.nothingDependsOnTheDate(),
        rules.nobodySleeps(),
        rules.nobodyPrints(),
        rules.threadsHaveFewOwners(),
        rules.nothingRunsOnTheCommonPool(),
        rules.noStaticMutableState(),
        rules.secretsAreNotRecords(),
        rules.nullIsSpokenOf(),
        rules.noCycles());
  }

  private HouseRule apiRestsOnTheJdk() {
    return HouseRule.of(
        "the api module rests on the JDK only",
        classes()
            .that()
            .resideInAnyPackage(root, root + ".spi..", root + ".internal..")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage(
                "java..",
                "javax.net..",
                "javax.crypto..",
                "javax.security..",
                "org.jspecify..",
                root,
                root + ".spi..",
                root + ".internal.."),
        "LeakingNetty",
        "LeakingBouncyCastle",
        "LeakingJmdns",
        "LeakingQrCode",
        "LeakingProtobuf");
  }

  private HouseRule publicSessionKnowsNoLibrary() {
    return HouseRule.of(
        "the public types of session show no library",
        noClasses()
            .that()
            .resideInAPackage(root + ".session")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                "io.netty..", "org.bouncycastle..", "javax.jmdns..", "com.google.."),
        "TalkingProtobuf");
  }

  private HouseRule room(String library, String home, String caught) {
    return HouseRule.of(
        library + " is used only in " + home,
        noClasses()
            .that()
            .resideOutsideOfPackage(home)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(library),
        caught);
  }

  private HouseRule oneDoorInwards() {
    return HouseRule.of(
        "only Network and Session, the doors, look inwards",
        noClasses()
            .that()
            .resideInAnyPackage(root, root + ".spi..", root + ".session")
            .and(DescribedPredicate.not(isADoor()))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..internal.."),
        "Nosy",
        "Prying");
  }

  private HouseRule noDumpingGrounds() {
    return HouseRule.of(
        "names say what a thing is, not that it is left over",
        noClasses()
            .that(DescribedPredicate.not(isGenerated()))
            .should()
            .resideInAnyPackage("..util..", "..utils..", "..common..", "..misc..", "..helper..")
            .orShould()
            .haveNameMatching(".*[.$](Abstract|Base)[A-Z]\\w*")
            .orShould()
            .haveNameMatching(".*(Util|Utils|Helper|Helpers|Manager|Processor|Impl|Base)"),
        "Leftovers",
        "ReceiveManager",
        "AbstractPipe");
  }

  /** The packages a provider keeps to itself are internal too: it exports nothing. */
  private HouseRule internalsAreFinal() {
    return HouseRule.of(
        "internal classes are final",
        classes()
            .that()
            .resideInAnyPackage(
                "..internal..", "..transport.netty..", "..discovery.mdns..", "..security.tls.*..")
            .and()
            .areNotInterfaces()
            .and()
            .areNotEnums()
            .and()
            .areNotAnonymousClasses()
            .and()
            .doNotHaveModifier(ABSTRACT)
            .and(DescribedPredicate.not(isGenerated()))
            .should()
            .haveModifier(FINAL),
        "OpenDoor");
  }

  private HouseRule timeComesFromTheLoop() {
    return HouseRule.of(
        "time comes from the loop",
        noClasses()
            .that()
            .resideOutsideOfPackages("..transport.netty..", "..examples..")
            .and()
            .areNotAssignableTo(root + ".spi.Loop")
            .should()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .callMethod(System.class, "currentTimeMillis"),
        "ClockReader");
  }

  /** Certificates have dates; nothing else of ours does. */
  private HouseRule nothingDependsOnTheDate() {
    return HouseRule.of(
        "nothing but certificates and programs depends on the date",
        noClasses()
            .that()
            .resideOutsideOfPackages("..security.tls..", "..examples..")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callConstructor(Date.class)
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Clock.class),
        "DateReader");
  }

  private HouseRule nobodySleeps() {
    return HouseRule.of("nobody sleeps", noSleeping(), "Sleeper");
  }

  static ArchRule noSleeping() {
    return noClasses()
        .should()
        .callMethodWhere(
            JavaCall.Predicates.target(
                DescribedPredicate.describe(
                    "Thread.sleep or TimeUnit.sleep",
                    target ->
                        target.getName().equals("sleep")
                            && (target.getOwner().isAssignableTo(Thread.class)
                                || target.getOwner().isAssignableTo(TimeUnit.class)))));
  }

  private HouseRule nobodyPrints() {
    return HouseRule.of(
        "a library does not print",
        noClasses()
            .that()
            .resideOutsideOfPackage(root + ".examples..")
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
            .orShould()
            .callMethod(Throwable.class, "printStackTrace"),
        "Printer");
  }

  private HouseRule threadsHaveFewOwners() {
    DescribedPredicate<JavaCall<?>> makesThreads =
        DescribedPredicate.describe(
            "make threads",
            call ->
                (call.getName().equals("<init>")
                        && (call.getTargetOwner().isAssignableTo(Thread.class)
                            || call.getTargetOwner().isAssignableTo(ThreadPoolExecutor.class)
                            || call.getTargetOwner().isAssignableTo(ForkJoinPool.class)
                            || call.getTargetOwner().isAssignableTo(Timer.class)))
                    || (call.getTargetOwner().isEquivalentTo(Executors.class)
                        && call.getName().startsWith("new")));
    return HouseRule.of(
        "threads are made only by " + THREAD_OWNERS.stream().sorted().toList(),
        noClasses()
            .that()
            .resideOutsideOfPackage(root + ".examples..")
            .and(
                DescribedPredicate.describe(
                    "own no threads",
                    type -> !THREAD_OWNERS.contains(outermost(type).getSimpleName())))
            .should()
            .callCodeUnitWhere(makesThreads),
        "ThreadMaker");
  }

  private HouseRule nothingRunsOnTheCommonPool() {
    DescribedPredicate<JavaCall<?>> onCommonPool =
        DescribedPredicate.describe(
            "an Async method without an executor",
            call ->
                call.getTargetOwner().isAssignableTo(CompletionStage.class)
                    && call.getName().endsWith("Async")
                    && call.getTarget().getRawParameterTypes().stream()
                        .noneMatch(type -> type.isEquivalentTo(Executor.class)));
    return HouseRule.of(
        "nothing runs on the common pool",
        noClasses()
            .that()
            .resideOutsideOfPackage(root + ".examples..")
            .should()
            .callMethodWhere(onCommonPool)
            .orShould()
            .callMethod(ForkJoinPool.class, "commonPool"),
        "PoolSwimmer");
  }

  private HouseRule noStaticMutableState() {
    return HouseRule.of(
        "no static state changes",
        fields()
            .that()
            .areStatic()
            .and()
            .doNotHaveModifier(SYNTHETIC)
            .and()
            .areDeclaredInClassesThat(DescribedPredicate.not(isGenerated()))
            .should()
            .beFinal(),
        "ClockReader");
  }

  private HouseRule secretsAreNotRecords() {
    return HouseRule.of(
        "secrets are not records, which print and compare their parts",
        noClasses()
            .that()
            .resideOutsideOfPackage("..discovery.mdns..") // keeps no secrets; its keys open maps
            .and()
            .haveNameMatching(".*(Key|Secret|Password)[^.$]*")
            .should()
            .beAssignableTo(Record.class),
        "ApiKey");
  }

  private HouseRule nullIsSpokenOf() {
    return HouseRule.of(
        "every package is @NullMarked",
        classes()
            .that(DescribedPredicate.not(isGenerated()))
            .and()
            .resideOutsideOfPackages(root + ".examples..")
            .should(Conditions.beInANullMarkedPackage()),
        "Leftovers");
  }

  /** Slices by exact package: a pattern such as {@code dev.earshot.(**)} leaves out the root. */
  private HouseRule noCycles() {
    return HouseRule.of(
        "packages know each other in one direction, but for the doors",
        slices()
            .assignedFrom(byExactPackage())
            .should()
            .beFreeOfCycles()
            .ignoreDependency(isADoor(), alwaysTrue()),
        "Ring",
        "Nosy");
  }

  private static SliceAssignment byExactPackage() {
    return new SliceAssignment() {
      @Override
      public SliceIdentifier getIdentifierOf(JavaClass type) {
        return SliceIdentifier.of(type.getPackageName());
      }

      @Override
      public String getDescription() {
        return "every package";
      }
    };
  }

  private DescribedPredicate<JavaClass> isADoor() {
    Set<String> doors = Set.of(root + ".Network", root + ".session.Session");
    return DescribedPredicate.describe("a door", type -> doors.contains(outermost(type).getName()));
  }

  private static DescribedPredicate<JavaClass> isGenerated() {
    return DescribedPredicate.describe(
        "generated from .proto",
        type -> {
          JavaClass outer = outermost(type);
          return outer.isAssignableTo("com.google.protobuf.MessageLiteOrBuilder")
              || outer.isAssignableTo("com.google.protobuf.GeneratedFile")
              || outer.isAssignableTo("com.google.protobuf.ProtocolMessageEnum");
        });
  }

  private static JavaClass outermost(JavaClass type) {
    JavaClass outer = type;
    while (outer.getEnclosingClass().isPresent()) {
      outer = outer.getEnclosingClass().get();
    }
    return outer;
  }
}
