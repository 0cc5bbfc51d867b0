package dev.earshot.architecture;

import com.tngtech.archunit.lang.ArchRule;
import java.util.List;

/**
 * A rule of the house, with the proof that it can fail.
 *
 * @param sentence the rule, as one would say it
 * @param rule what is checked
 * @param caught simple names of all classes below {@code samples} that break the rule
 */
record HouseRule(String sentence, ArchRule rule, List<String> caught) {
  static HouseRule of(String sentence, ArchRule rule, String... caught) {
    return new HouseRule(sentence, rule.as(sentence), List.of(caught));
  }

  @Override
  public String toString() {
    return sentence;
  }
}
