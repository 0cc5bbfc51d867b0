package dev.earshot.discovery.mdns;

import dev.earshot.Browser;
import dev.earshot.NetworkException;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.UnreachableException;
import dev.earshot.discovery.mdns.DnsMessage.Question;
import dev.earshot.spi.Discovery;
import dev.earshot.spi.LinkFilter;
import dev.earshot.spi.Loop;
import dev.earshot.spi.LoopConfined;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looking for services of one type. Results are worked out anew from the records that are held
 * whenever those change, and told when they are other ones.
 */
@LoopConfined
final class BrowseRequest implements LinkUser {
  private static final Duration SETTLE = Duration.ofMillis(20);
  // Avahi tells a pointer while it still probes for the rest, which takes three quarters of a
  // second.
  private static final Duration TXT_PATIENCE = Duration.ofMillis(1_500);

  private final Loop loop;
  private final ServiceType type;
  private final DnsName typeName;
  private final boolean withText;
  private final LinkFilter filter;
  private final Discovery.BrowseEvents events;
  private final Map<DnsName, Text> texts = new HashMap<>();
  private List<LinkResponder> links = List.of();
  private @Nullable Set<Browser.Result> told; // null until browsing has begun
  private @Nullable String waitingFor;
  private NetworkException why = new UnreachableException("no link was looked at yet");
  private boolean settling;
  private boolean over;

  BrowseRequest(
      Loop loop,
      ServiceType type,
      boolean withText,
      LinkFilter filter,
      Discovery.BrowseEvents events) {
    this.loop = loop;
    this.type = type;
    this.typeName = ServiceNames.of(type);
    this.withText = withText;
    this.filter = filter;
    this.events = events;
  }

  @Override
  public LinkFilter filter() {
    return filter;
  }

  @Override
  public void linksChanged(List<LinkResponder> now, NetworkException whyNone) {
    why = whyNone;
    List<LinkResponder> before = links;
    links = now;
    now.stream().filter(l -> !before.contains(l)).forEach(l -> l.watch(typeName, withText));
    before.stream().filter(l -> !now.contains(l)).forEach(l -> l.unwatch(typeName, withText));
    evaluate();
  }

  @Override
  public void engineChanged(LinkResponder link) {
    evaluate();
  }

  @Override
  public void recordsChanged(LinkResponder link) {
    if (!settling) {
      settling = true;
      loop.schedule(SETTLE, this::evaluate);
    }
  }

  void end() {
    over = true;
    links.forEach(l -> l.unwatch(typeName, withText));
    links = List.of();
  }

  private void evaluate() {
    settling = false;
    if (over) {
      return;
    }
    Optional<NetworkException> obstacle = obstacle();
    if (obstacle.isPresent()) {
      tellWaiting(obstacle.get());
      return;
    }
    boolean begun = told != null || links.stream().anyMatch(l -> l.engine().isPresent());
    Set<Browser.Result> results = ResultMerge.merge(type, found());
    if (begun && !results.equals(told)) {
      told = results;
      waitingFor = null;
      events.results(results);
    }
  }

  private Optional<NetworkException> obstacle() {
    if (links.isEmpty()) {
      return Optional.of(why);
    }
    return links.stream().allMatch(l -> l.problem().isPresent())
        ? links.get(0).problem().map(UnreachableException::new)
        : Optional.empty();
  }

  private void tellWaiting(NetworkException reason) {
    if (told != null && !told.isEmpty()) {
      events.results(Set.of());
    }
    told = null;
    if (!String.valueOf(reason.getMessage()).equals(waitingFor)) {
      waitingFor = String.valueOf(reason.getMessage());
      events.waiting(reason);
    }
  }

  private List<ResultMerge.Found> found() {
    List<ResultMerge.Found> found = new ArrayList<>();
    Set<DnsName> present = new HashSet<>();
    for (LinkResponder link : links) {
      for (DnsRecord record : link.store().records(typeName, DnsRecord.PTR)) {
        DnsName instance = ((DnsRecord.Pointer) record.data()).target();
        present.add(instance);
        found(link, instance).ifPresent(found::add);
      }
    }
    texts.keySet().retainAll(present);
    return found;
  }

  private Optional<ResultMerge.Found> found(LinkResponder link, DnsName instance) {
    Optional<String> name = instance.firstLabel();
    if (name.isEmpty() || withText && !readText(link, instance)) {
      return Optional.empty();
    }
    Text text = texts.get(instance);
    return Optional.of(
        new ResultMerge.Found(
            name.get(),
            instance,
            text == null || text.record == null ? TxtRecord.empty() : text.record,
            link.where().link(),
            link.store().latestHeardAt(instance, DnsRecord.TXT).orElse(0L)));
  }

  /** Notes the TXT record of {@code instance}; false while it is worth waiting for. */
  private boolean readText(LinkResponder link, DnsName instance) {
    long now = loop.nanoTime();
    Text text = texts.get(instance);
    if (text == null) {
      text = new Text(now);
      texts.put(instance, text);
    }
    Optional<DnsRecord> held = link.store().latest(instance, DnsRecord.TXT);
    if (held.isPresent()) {
      text.record = TxtRecord.ofData(((DnsRecord.Text) held.get().data()).bytes());
      text.asked = false;
    } else if (!text.asked) {
      text.asked = true;
      link.ask(new Question(instance, DnsRecord.TXT, false));
      loop.schedule(TXT_PATIENCE, this::evaluate);
    }
    return text.record != null || now - text.firstMissed >= TXT_PATIENCE.toNanos();
  }

  /** What is known of the TXT record of a service; the last good one is kept. */
  private static final class Text {
    private final long firstMissed;
    private @Nullable TxtRecord record;
    private boolean asked;

    Text(long firstMissed) {
      this.firstMissed = firstMissed;
    }
  }
}
