package dev.earshot.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.CompositeArchRule;
import java.util.List;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Tag;

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
            .should()
            .transitivelyDependOnClassesThat(areSockets()),
        "SocketInAUnitTest");
  }

  private static HouseRule ringThreeIsTagged() {
    return HouseRule.of(
        "tests that touch sockets are tagged network",
        classes()
            .that(standInRingThree())
            .and()
            .areTopLevelClasses()
            .should()
            .beAnnotatedWith(
                describe(
                    "@Tag(\"network\")",
                    annotation ->
                        annotation.getRawType().isEquivalentTo(Tag.class)
                            && annotation.get("value").filter("network"::equals).isPresent())),
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

  /** By name, or this class would touch sockets itself. */
  private static DescribedPredicate<JavaClass> areSockets() {
    return describe("are sockets", type -> SOCKETS.stream().anyMatch(type::isAssignableTo));
  }

  private static String outermostName(JavaClass type) {
    String name = type.getName();
    int nested = name.indexOf('$');
    return nested < 0 ? name : name.substring(0, nested);
  }
}
