package dev.earshot.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Our code keeps the rules of the house. */
@Tag("once")
final class ArchitectureTest {
  private static JavaClasses main;
  private static JavaClasses tests;

  @BeforeAll
  static void readClasses() {
    main = Repository.mainClasses();
    tests = Repository.testClasses();
  }

  static List<HouseRule> libraryRules() {
    return LibraryRules.under("dev.earshot");
  }

  static List<HouseRule> testRules() {
    return TestRules.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("libraryRules")
  void codeKeeps(HouseRule rule) {
    rule.rule().check(main);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("testRules")
  void testsKeep(HouseRule rule) {
    rule.rule().check(tests);
  }

  @Test
  void everyModuleIsSeen() {
    assertThat(
            List.of(
                "dev.earshot.spi",
                "dev.earshot.internal",
                "dev.earshot.session",
                "dev.earshot.transport.netty",
                "dev.earshot.discovery.mdns",
                "dev.earshot.security.tls",
                "dev.earshot.examples"))
        .allSatisfy(
            room -> assertThat(main).anyMatch(type -> type.getPackageName().startsWith(room)));
    assertThat(main).noneMatch(type -> type.getSimpleName().endsWith("Test"));
    assertThat(tests).anyMatch(type -> type.getSimpleName().equals("ArchitectureTest"));
  }
}
