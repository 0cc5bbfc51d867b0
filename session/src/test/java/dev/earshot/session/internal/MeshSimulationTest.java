package dev.earshot.session.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.session.internal.wire.Farewell;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pairing of peers over a simulated network, and the simulation's power to find faults. */
@Tag("once")
class MeshSimulationTest {
  private static final int SEEDS = 5_000;
  private static final int MANY_SEEDS = 300_000;

  @Test
  void eachPairEndsWithExactlyOneConnectionAndNothingIsLostOrDoubled() {
    LongStream.range(0, SEEDS).parallel().forEach(seed -> MeshScenario.run(seed, Sabotage.NONE));
  }

  @Test
  @Tag("soak")
  void eachPairEndsWithExactlyOneConnectionFromVeryManySeeds() {
    LongStream.range(SEEDS, SEEDS + MANY_SEEDS)
        .parallel()
        .forEach(seed -> MeshScenario.run(seed, Sabotage.NONE));
  }

  @Test
  void theSimulationBringsAboutWhatItIsMeantToTest() {
    Map<Farewell, Integer> said = new EnumMap<>(Farewell.class);
    for (long seed = 0; seed < 300; seed++) {
      MeshScenario.run(seed, Sabotage.NONE)
          .forEach((farewell, times) -> said.merge(farewell, times, Integer::sum));
    }
    assertThat(said.get(Farewell.DUPLICATE)).as("crossed dials").isGreaterThan(100);
    assertThat(said.get(Farewell.TIMED_OUT)).as("silent peers").isGreaterThan(100);
    assertThat(said.get(Farewell.DISCONNECTED)).as("unwanted peers").isGreaterThan(10);
    assertThat(said.get(Farewell.LEAVING)).as("clean ends").isGreaterThan(100);
    assertThat(said).as("violations").doesNotContainKey(Farewell.PROTOCOL_ERROR);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void theSimulationFindsWhatIsBrokenOnPurpose(Sabotage sabotage) {
    assertThat(LongStream.range(0, 100).anyMatch(seed -> fails(seed, sabotage)))
        .as("%s is found within 100 seeds", sabotage)
        .isTrue();
  }

  private static boolean fails(long seed, Sabotage sabotage) {
    try {
      MeshScenario.run(seed, sabotage);
      return false;
    } catch (AssertionError expected) {
      return true;
    }
  }
}
