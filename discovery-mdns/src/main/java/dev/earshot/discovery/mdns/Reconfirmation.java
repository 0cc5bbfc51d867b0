package dev.earshot.discovery.mdns;

import dev.earshot.discovery.mdns.DnsMessage.Question;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Asks whether services that could not be reached are still there (RFC 6762, section 10.4): three
 * questions within a second, and who does not answer is forgotten.
 *
 * <p>The last question comes a full second after the first, since nobody has to repeat an answer
 * sooner (section 6). One at a time for a service.
 */
@LoopConfined
final class Reconfirmation {
  private static final List<Duration> QUESTIONS =
      List.of(Duration.ZERO, Duration.ofMillis(500), Duration.ofMillis(1_000));
  private static final Duration VERDICT = Duration.ofMillis(1_350);

  private final Loop loop;
  private final Set<DnsName> running = new HashSet<>();

  Reconfirmation(Loop loop) {
    this.loop = loop;
  }

  /** Begins to ask for {@code instance} on those of {@code links} that have heard of it. */
  void begin(DnsName instance, List<LinkResponder> links) {
    if (!running.add(instance)) {
      return;
    }
    DnsRecord pointer = DnsRecord.pointer(instance.parent(), 1, instance);
    for (LinkResponder link : links) {
      forgetAddresses(link.store(), instance);
      if (link.store().heardAt(pointer).isPresent()) {
        ask(link, pointer);
      }
    }
    loop.schedule(VERDICT, () -> running.remove(instance));
  }

  /** What failed once is not given out again without having been asked for. */
  private static void forgetAddresses(RecordStore store, DnsName instance) {
    for (DnsRecord record : store.records(instance, DnsRecord.SRV)) {
      DnsName host = ((DnsRecord.Server) record.data()).target();
      store.forget(host, DnsRecord.A);
      store.forget(host, DnsRecord.AAAA);
    }
    store.forget(instance, DnsRecord.SRV);
  }

  private void ask(LinkResponder link, DnsRecord pointer) {
    long begun = loop.nanoTime();
    Question question = new Question(pointer.name(), DnsRecord.PTR, false);
    for (Duration delay : QUESTIONS) {
      loop.schedule(delay, () -> link.askAnew(List.of(question)));
    }
    loop.schedule(VERDICT, () -> link.store().forgetUnlessHeardAfter(pointer, begun));
  }
}
