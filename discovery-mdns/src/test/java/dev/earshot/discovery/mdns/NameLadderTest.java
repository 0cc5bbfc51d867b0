package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NameLadderTest {
  @Test
  void namesAreNumberedFromTwoOn() {
    NameLadder ladder = new NameLadder("Den", 1);

    assertThat(ladder.name(1)).isEqualTo("Den");
    assertThat(ladder.name(2)).isEqualTo("Den (2)");
    assertThat(ladder.name(10)).isEqualTo("Den (10)");
  }

  @Test
  void aNumberThatIsThereIsCountedOn() {
    NameLadder ladder = new NameLadder("Den (2)", 1);

    assertThat(ladder.name(1)).isEqualTo("Den (2)");
    assertThat(ladder.name(2)).isEqualTo("Den (3)");
  }

  @Test
  void everyNameFitsALabelAndIsCutBetweenCharacters() {
    String emoji = "😀".repeat(15) + "abc"; // 63 bytes
    NameLadder ladder = new NameLadder(emoji, 99);

    for (int step = 1; step < 50; step++) {
      byte[] bytes = ladder.name(step).getBytes(StandardCharsets.UTF_8);
      assertThat(bytes).hasSizeLessThanOrEqualTo(63);
      assertThat(new String(bytes, StandardCharsets.UTF_8)).doesNotContain("\uFFFD", "?");
    }
    assertThat(ladder.name(2)).isEqualTo("😀".repeat(14) + " (2)");
  }

  @Test
  void whoClaimsEveryNameIsShakenOff() {
    NameLadder ours = new NameLadder("Den", 1);
    NameLadder others = new NameLadder("Den", 2);
    Set<String> names = new HashSet<>();

    for (int step = 11; step < 40; step++) {
      assertThat(names.add(ours.name(step))).as("not tried before").isTrue();
      assertThat(ours.name(step)).isNotEqualTo(others.name(step));
    }
  }
}
