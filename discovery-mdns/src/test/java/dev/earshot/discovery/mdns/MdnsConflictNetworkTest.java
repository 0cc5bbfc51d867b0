package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Browser;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;

/** Many that want one name at the same moment. */
@Tag("network")
@Timeout(300)
class MdnsConflictNetworkTest {
  private static final ServiceType TYPE = ServiceType.tcp("earshot-war");
  private static final int RIVALS = 6;

  private final LinkFilter loopback = TestLinks.loopback();
  private final String name = "Den " + UUID.randomUUID();

  @Tag("soak")
  @RepeatedTest(20)
  void everyRivalEndsWithANameOfItsOwn() throws Exception {
    List<Discovery> discoveries = new ArrayList<>();
    try {
      Discovery observer = new MdnsProvider().open(TestLinks.ofThisComputer());
      discoveries.add(observer);
      Recorded seen = new Recorded();
      observer.browse(TYPE, false, loopback, seen);
      List<Recorded> rivals = new ArrayList<>();
      for (int i = 0; i < RIVALS; i++) {
        Discovery rival = new MdnsProvider().open(TestLinks.ofThisComputer());
        discoveries.add(rival);
        Recorded events = new Recorded();
        rivals.add(events);
        rival.advertise(Service.of(name, TYPE), 4_000 + i, loopback, events);
      }

      seen.await("a name for each", () -> namesOf(rivals).size() == RIVALS);
      seen.await("all of them seen", () -> seenNames(seen).containsAll(namesOf(rivals)));
      assertThat(namesOf(rivals)).contains(name).hasSize(RIVALS);
    } finally {
      discoveries.forEach(Discovery::close);
    }
  }

  /** The names that the rivals have now, as they were told. */
  private static Set<String> namesOf(List<Recorded> rivals) {
    Set<String> names = new HashSet<>();
    for (Recorded rival : rivals) {
      List<String> events = rival.events();
      if (!events.isEmpty() && events.get(events.size() - 1).startsWith("registered ")) {
        names.add(events.get(events.size() - 1).substring("registered ".length()));
      }
    }
    return names;
  }

  private static Set<String> seenNames(Recorded seen) {
    return seen.results().stream()
        .map(Browser.Result::endpoint)
        .map(endpoint -> endpoint.name())
        .collect(Collectors.toSet());
  }
}
