package dev.earshot.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule finds the bad samples made for it, and nothing else; and none passes unused. */
final class RulesCatchTest {
  private static final String SAMPLES = "dev.earshot.architecture.samples";
  private static final Pattern SAMPLE_NAME = Pattern.compile(Pattern.quote(SAMPLES) + "[\\w.]+");

  private static final JavaClasses code = samples(location -> !location.contains("/rings/"));
  private static final JavaClasses tests = samples(location -> location.contains("/rings/"));

  private static JavaClasses samples(ImportOption wanted) {
    return new ClassFileImporter().withImportOption(wanted).importPackages(SAMPLES);
  }

  static List<HouseRule> libraryRules() {
    return LibraryRules.under(SAMPLES);
  }

  static List<HouseRule> testRules() {
    return TestRules.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("libraryRules")
  void badCodeIsCaughtBy(HouseRule rule) {
    assertThat(violatorsOf(rule.rule(), code)).containsExactlyInAnyOrderElementsOf(rule.caught());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("testRules")
  void badTestsAreCaughtBy(HouseRule rule) {
    assertThat(violatorsOf(rule.rule(), tests)).containsExactlyInAnyOrderElementsOf(rule.caught());
  }

  @Test
  void rulesThatSeeNothingFail() {
    JavaClasses nothing = new ClassFileImporter().importClasses();
    assertThat(Stream.concat(libraryRules().stream(), testRules().stream()))
        .allMatch(rule -> fails(rule.rule(), nothing), "fails without classes");
  }

  private static boolean fails(ArchRule rule, JavaClasses checked) {
    try {
      rule.check(checked);
      return false;
    } catch (AssertionError expected) {
      return true;
    }
  }

  /** The first sample in each line of the report: the one that the line complains about. */
  private static Set<String> violatorsOf(ArchRule rule, JavaClasses samples) {
    return rule.evaluate(samples).getFailureReport().getDetails().stream()
        .map(line -> firstSample(line, samples))
        .collect(Collectors.toSet());
  }

  private static String firstSample(String line, JavaClasses samples) {
    Matcher matcher = SAMPLE_NAME.matcher(line);
    while (matcher.find()) {
      for (JavaClass type : samples) {
        String name = matcher.group();
        if (name.equals(type.getName()) || name.startsWith(type.getName() + ".")) {
          return type.getSimpleName();
        }
      }
    }
    throw new AssertionError("names no sample: " + line);
  }
}
