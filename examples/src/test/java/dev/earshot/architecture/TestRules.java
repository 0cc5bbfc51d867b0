package dev.earshot.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Tags;

/** The rules for tests: which ring they stand in, and that they run. */
final class TestRules {
  private static final List<String> SOCKETS =
      List.of(
          "java.net.Socket",
          "java.net.ServerSocket",
          "java.net.DatagramSocket",
          "java.nio.channels.NetworkChannel");

  private TestRules() {}

  static List<HouseRule> all() {
    return List.of(
        socketsOnlyInRingThree(), ringThreeIsTagged(), noTestIsSwitchedOff(), noTestSleeps());
  }

  private static HouseRule socketsOnlyInRingThree() {
    return HouseRule.of(
        "only classes named NetworkTest or InteropTest touch sockets",
        noClasses()
            .that(areTests())
            .and(not(standInRingThree()))
            .should(ArchCondition.from(reachSockets())),
        "SocketInAUnitTest");
  }

  private static HouseRule ringThreeIsTagged() {
    return HouseRule.of(
        "tests that touch sockets are tagged network",
        classes()
            .that(standInRingThree())
            .and()
            .areTopLevelClasses()
            .should(ArchCondition.from(describe("be tagged network", TestRules::isTagged))),
        "UntaggedNetworkTest");
  }

  private static HouseRule noTestIsSwitchedOff() {
    return HouseRule.of(
        "no test is switched off",
        CompositeArchRule.of(noMethods().should().beAnnotatedWith(Disabled.class))
            .and(noClasses().should().beAnnotatedWith(Disabled.class)),
        "SwitchedOffTest");
  }

  private static HouseRule noTestSleeps() {
    return HouseRule.of("no test sleeps", LibraryRules.noSleeping(), "SleepingTest");
  }

  private static DescribedPredicate<JavaClass> areTests() {
    return describe("are tests", type -> outermostName(type).endsWith("Test"));
  }

  private static DescribedPredicate<JavaClass> standInRingThree() {
    return describe(
        "are named NetworkTest or InteropTest",
        type -> outermostName(type).matches(".*(Network|Interop)Test"));
  }

  /** A test may have one tag, or several in a container. */
  private static boolean isTagged(JavaClass type) {
    Stream<Tag> single = type.tryGetAnnotationOfType(Tag.class).stream();
    Stream<Tag> several =
        type.tryGetAnnotationOfType(Tags.class).stream().flatMap(tags -> Stream.of(tags.value()));
    return Stream.concat(single, several).anyMatch(tag -> tag.value().equals("network"));
  }

  /** Follows our own code only: within the JDK even an SSLContext leads to a socket. */
  private static DescribedPredicate<JavaClass> reachSockets() {
    return describe("reach sockets", TestRules::reachesSockets);
  }

  private static boolean reachesSockets(JavaClass test) {
    Set<JavaClass> seen = new HashSet<>(Set.of(test));
    Deque<JavaClass> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      for (Dependency dependency : open.remove().getDirectDependenciesFromSelf()) {
        JavaClass target = dependency.getTargetClass();
        if (SOCKETS.stream().anyMatch(target::isAssignableTo)) { // by name, or this would be one
          return true;
        }
        if (target.getPackageName().startsWith("dev.earshot") && seen.add(target)) {
          open.add(target);
        }
      }
    }
    return false;
  }

  private static String outermostName(JavaClass type) {
    String name = type.getName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }
}
