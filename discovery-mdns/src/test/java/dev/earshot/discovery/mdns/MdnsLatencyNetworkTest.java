package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long things take over loopback; prints a table. The limits leave room for a busy machine. */
@Tag("network")
@Timeout(900)
class MdnsLatencyNetworkTest {
  private static final ServiceType TYPE = ServiceType.tcp("earshot-pace");
  private static final int ROUNDS = 30;

  private final LinkFilter loopback = TestLinks.loopback();
  private final Discovery here = new MdnsProvider().open(TestLinks.ofThisComputer());
  private final Discovery there = new MdnsProvider().open(TestLinks.ofThisComputer());
  private final Recorded browsed = new Recorded();

  @AfterEach
  void close() {
    here.close();
    there.close();
  }

  @Test
  @Tag("soak")
  void whatItTakes() throws Exception {
    there.browse(TYPE, true, loopback, browsed);
    here.advertise(Service.of("warm", TYPE), 4242, loopback, new Recorded());
    browsed.awaitFound("warm");

    List<Long> seen = new ArrayList<>();
    List<Long> changed = new ArrayList<>();
    List<Long> gone = new ArrayList<>();
    List<Long> resolved = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      String name = "round " + i;
      Discovery.Advertisement advertisement = advertise(here, name, seen);
      resolve(name, resolved);
      change(advertisement, name, changed);
      withdraw(advertisement, name, gone);
    }
    List<Long> cold = new ArrayList<>();
    List<Long> closed = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      Discovery fresh = new MdnsProvider().open(TestLinks.ofThisComputer());
      advertise(fresh, "cold " + i, cold);
      long begun = System.nanoTime();
      fresh.close();
      closed.add(millisSince(begun));
    }

    assertThat(percentile(seen, 50, "advertised to seen")).isLessThan(1_500);
    assertThat(percentile(cold, 50, "opened and advertised to seen")).isLessThan(2_500);
    assertThat(percentile(resolved, 50, "looked up")).isLessThan(1_500);
    assertThat(percentile(changed, 50, "changed TXT to seen")).isLessThan(500);
    assertThat(percentile(closed, 50, "closed")).isLessThan(1_000);
    assertThat(percentile(gone, 50, "withdrawn to gone")).isLessThan(2_000);
  }

  @Test
  @Tag("soak")
  void fiftyServicesAreFoundByALateComer() throws Exception {
    for (int i = 0; i < 50; i++) {
      here.advertise(Service.of("many " + i, TYPE), 4242, loopback, new Recorded());
    }
    Recorded first = new Recorded();
    there.browse(TYPE, true, loopback, first);
    for (int i = 0; i < 50; i++) {
      first.awaitFound("many " + i);
    }

    List<Long> late = new ArrayList<>();
    for (int round = 0; round < 10; round++) {
      try (Discovery fresh = new MdnsProvider().open(TestLinks.ofThisComputer())) {
        Recorded events = new Recorded();
        long begun = System.nanoTime();
        fresh.browse(TYPE, true, loopback, events);
        for (int i = 0; i < 50; i++) {
          events.awaitFound("many " + i);
        }
        late.add(millisSince(begun));
        // Nobody repeats an answer within a second: the next one comes after five.
        Recorded pause = new Recorded();
        fresh.resolve(Endpoint.bonjour("nobody", TYPE), loopback, pause);
        pause.awaitEvent("failed");
      }
    }
    assertThat(percentile(late, 50, "all of 50 seen by a late comer")).isLessThan(1_500);
  }

  private Discovery.Advertisement advertise(Discovery on, String name, List<Long> into)
      throws InterruptedException {
    long begun = System.nanoTime();
    Discovery.Advertisement advertisement =
        on.advertise(Service.of(name, TYPE), 4242, loopback, new Recorded());
    browsed.awaitFound(name);
    into.add(millisSince(begun));
    return advertisement;
  }

  private void resolve(String name, List<Long> into) throws InterruptedException {
    try (Discovery fresh = new MdnsProvider().open(TestLinks.ofThisComputer())) {
      Recorded events = new Recorded();
      long begun = System.nanoTime();
      fresh.resolve(Endpoint.bonjour(name, TYPE), loopback, events);
      events.awaitEvent("resolved");
      into.add(millisSince(begun));
    }
  }

  private void change(Discovery.Advertisement advertisement, String name, List<Long> into)
      throws InterruptedException {
    TxtRecord txt = TxtRecord.of(Map.of("round", name));
    long begun = System.nanoTime();
    advertisement.update(Service.of(name, TYPE).withTxtRecord(txt));
    browsed.await(
        "the change", () -> browsed.find(name).filter(r -> r.txtRecord().equals(txt)).isPresent());
    into.add(millisSince(begun));
  }

  private void withdraw(Discovery.Advertisement advertisement, String name, List<Long> into)
      throws InterruptedException {
    long begun = System.nanoTime();
    advertisement.cancel();
    browsed.awaitGone(name);
    into.add(millisSince(begun));
  }

  private static long millisSince(long begun) {
    return (System.nanoTime() - begun) / 1_000_000;
  }

  private static long percentile(List<Long> millis, int percent, String what) {
    List<Long> sorted = new ArrayList<>(millis);
    Collections.sort(sorted);
    System.out.printf(
        "%-35s n=%d min %d p50 %d p95 %d max %d ms%n",
        what,
        sorted.size(),
        sorted.get(0),
        sorted.get(sorted.size() / 2),
        sorted.get(sorted.size() * 95 / 100),
        sorted.get(sorted.size() - 1));
    return sorted.get((sorted.size() - 1) * percent / 100);
  }
}
