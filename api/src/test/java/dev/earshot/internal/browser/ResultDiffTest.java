package dev.earshot.internal.browser;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Browser.Change;
import dev.earshot.Browser.Change.Aspect;
import dev.earshot.Browser.Result;
import dev.earshot.Endpoint;
import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResultDiffTest {
  private static final ServiceType TYPE = ServiceType.tcp("echo");
  private static final NetworkLink WIRED = new NetworkLink("eth0", 2, LinkType.WIRED);
  private static final NetworkLink WIFI = new NetworkLink("wlan0", 3, LinkType.WIFI);

  @Test
  void whatWentComesFirstThenWhatIsDifferentThenWhatCame() {
    Set<Result> before = Set.of(result("gone", "", WIRED), result("other", "a", WIRED));
    Set<Result> after = Set.of(result("new", "", WIRED), result("other", "b", WIRED));
    assertThat(ResultDiff.changes(before, after))
        .containsExactly(
            new Change.Removed(result("gone", "", WIRED)),
            new Change.Changed(
                result("other", "a", WIRED),
                result("other", "b", WIRED),
                Set.of(Aspect.TXT_RECORD)),
            new Change.Added(result("new", "", WIRED)));
  }

  @Test
  void everyAspectIsNamed() {
    List<Change> changes =
        ResultDiff.changes(Set.of(result("a", "1", WIRED)), Set.of(result("a", "2", WIFI)));
    assertThat(changes).hasSize(1);
    assertThat(((Change.Changed) changes.get(0)).aspects())
        .containsExactlyInAnyOrder(Aspect.TXT_RECORD, Aspect.LINK_ADDED, Aspect.LINK_REMOVED);
  }

  @Test
  void nothingChangesBetweenEqualSets() {
    Set<Result> some = Set.of(result("a", "1", WIRED), result("b", "", WIFI));
    assertThat(ResultDiff.changes(some, new HashSet<>(some))).isEmpty();
  }

  @Test
  void theCaseOfAsciiLettersDoesNotMakeAnotherServiceAndThatOfOthersDoes() {
    Set<Result> before = Set.of(result("Den", "", WIRED), result("Été", "", WIRED));
    assertThat(
            ResultDiff.changes(before, Set.of(result("DEN", "", WIRED), result("Été", "", WIRED))))
        .isEmpty();
    assertThat(
            ResultDiff.changes(Set.of(result("Été", "", WIRED)), Set.of(result("été", "", WIRED))))
        .hasSize(2);
  }

  @Test
  void oneNameIsOneResultWithAllItsLinks() {
    Set<Result> tidy =
        ResultDiff.tidy(List.of(result("a", "", WIRED), result("A", "txt", WIFI)), true);
    assertThat(tidy).containsExactly(result("a", "txt", WIRED, WIFI));
  }

  @Test
  void txtRecordsThatWereNotAskedForAreDropped() {
    assertThat(ResultDiff.tidy(List.of(result("a", "txt", WIRED)), false))
        .containsExactly(result("a", "", WIRED));
  }

  @Test
  void changesTurnTheOneSetIntoTheOther() {
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      Set<Result> before = some(random);
      Set<Result> after = some(random);
      assertThat(applied(before, ResultDiff.changes(before, after)))
          .as("seed %d", seed)
          .isEqualTo(after);
    }
  }

  private static Set<Result> applied(Set<Result> before, List<Change> changes) {
    Map<String, Result> map = new HashMap<>();
    before.forEach(result -> map.put(result.endpoint().name(), result));
    for (Change change : changes) {
      if (change instanceof Change.Removed removed) {
        assertThat(map.remove(removed.result().endpoint().name())).isEqualTo(removed.result());
      } else if (change instanceof Change.Added added) {
        assertThat(map.put(added.result().endpoint().name(), added.result())).isNull();
      } else if (change instanceof Change.Changed changed) {
        assertThat(map.put(changed.after().endpoint().name(), changed.after()))
            .isEqualTo(changed.before());
      }
    }
    return new HashSet<>(map.values());
  }

  private static Set<Result> some(Random random) {
    Map<String, Result> some = new HashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      String name = "n" + random.nextInt(5);
      NetworkLink[] links = random.nextBoolean() ? new NetworkLink[] {WIRED} : both(random);
      some.put(name, result(name, random.nextBoolean() ? "x" : "", links));
    }
    return new HashSet<>(some.values());
  }

  private static NetworkLink[] both(Random random) {
    return random.nextBoolean() ? new NetworkLink[] {WIFI} : new NetworkLink[] {WIRED, WIFI};
  }

  private static Result result(String name, String txt, NetworkLink... links) {
    TxtRecord record = txt.isEmpty() ? TxtRecord.empty() : TxtRecord.of(Map.of("t", txt));
    return new Result(Endpoint.bonjour(name, TYPE), record, new HashSet<>(Arrays.asList(links)));
  }
}
