package dev.earshot.discovery.mdns;

import dev.earshot.discovery.mdns.DnsMessage.Question;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Between the packets that jmDNS makes and sees, and those on the network: real names for aliases,
 * and short times to live for long ones.
 *
 * <p>Of what comes in, jmDNS sees only questions about its own services and host, and claims to its
 * services' names; it cannot be filled with foreign records. Outgoing on the loop, incoming on the
 * reader.
 */
final class Translation {
  static final int TIME_TO_LIVE_SECONDS = 120; // a peer that vanishes is gone after two minutes
  private static final int LEGACY_SECONDS = 10; // RFC 6762, section 6.7

  /** Where others are, for jmDNS, which misreads names that are not UTF-8: not here is enough. */
  private static final DnsName ELSEWHERE = ServiceNames.ofHost("elsewhere");

  private final Map<String, JmdnsService> services = new ConcurrentHashMap<>();
  private final DnsName host;
  private final long stretch;

  /**
   * A translation for the host called {@code host}.
   *
   * @param engineSeconds the one time to live that jmDNS knows
   */
  Translation(DnsName host, int engineSeconds) {
    this.host = host;
    this.stretch = Math.max(1, engineSeconds / TIME_TO_LIVE_SECONDS);
  }

  void add(JmdnsService service) {
    services.put(service.alias(), service);
  }

  void remove(JmdnsService service) {
    services.remove(service.alias());
  }

  List<JmdnsService> services() {
    return List.copyOf(services.values());
  }

  /** The service that goes by {@code name} on the network now. */
  Optional<JmdnsService> named(DnsName name) {
    return services.values().stream()
        .filter(s -> !s.isLeaving() && s.wireName().equals(name))
        .findFirst();
  }

  // Outgoing.

  /** What goes to the network for {@code message}; {@code legacy} if to a one-shot asker. */
  DnsMessage outgoing(DnsMessage message, boolean legacy) {
    return new DnsMessage(
        message.id(),
        message.flags(),
        message.questions().stream().map(this::outgoing).toList(),
        outgoing(message.answers(), legacy),
        outgoing(message.authorities(), legacy),
        outgoing(message.additionals(), legacy));
  }

  private Question outgoing(Question question) {
    return new Question(outgoing(question.name()), question.type(), question.unicast());
  }

  private List<DnsRecord> outgoing(List<DnsRecord> records, boolean legacy) {
    List<DnsRecord> translated = new ArrayList<>();
    for (DnsRecord record : records) {
      DnsRecord.Data data = record.data();
      if (data instanceof DnsRecord.Pointer pointer) {
        data = new DnsRecord.Pointer(outgoing(pointer.target()));
      }
      long longest = legacy ? LEGACY_SECONDS : TIME_TO_LIVE_SECONDS;
      translated.add(
          record
              .withNames(outgoing(record.name()), data)
              .withTimeToLive(Math.min(record.timeToLive(), longest)));
    }
    return translated;
  }

  private DnsName outgoing(DnsName name) {
    String label = name.firstLabel().orElse("");
    JmdnsService service = services.get(JmdnsService.aliasIn(label));
    if (service != null && name.parent().equals(service.type())) {
      return service.wireName(label);
    }
    return name;
  }

  // Incoming.

  /** What jmDNS may see of {@code message}, if there is anything in it for it. */
  Optional<DnsMessage> incoming(DnsMessage message) {
    return message.isResponse() ? claims(message) : questions(message);
  }

  /** Claims of others to names of ours: jmDNS probes again, or takes another name. */
  private Optional<DnsMessage> claims(DnsMessage message) {
    List<DnsRecord> claims = new ArrayList<>();
    for (DnsRecord record : message.answers()) {
      if (isForeignServer(record) && !record.isGoodbye()) {
        named(record.name())
            .ifPresent(s -> claims.add(record.withNames(s.aliasName(), elsewhere(record.data()))));
      }
    }
    return claims.isEmpty()
        ? Optional.empty()
        : Optional.of(new DnsMessage(0, message.flags(), List.of(), claims, List.of(), List.of()));
  }

  private static DnsRecord.Data elsewhere(DnsRecord.Data data) {
    return data instanceof DnsRecord.Server server
        ? new DnsRecord.Server(server.priority(), server.weight(), server.port(), ELSEWHERE)
        : data;
  }

  /** What names our own host is ours, even if it came in by another link. */
  boolean isForeignServer(DnsRecord record) {
    return record.data() instanceof DnsRecord.Server server && !server.target().equals(host);
  }

  private Optional<DnsMessage> questions(DnsMessage message) {
    List<Question> questions = new ArrayList<>();
    for (Question question : message.questions()) {
      incoming(question.name())
          .ifPresent(
              name -> questions.add(new Question(name, question.type(), question.unicast())));
    }
    if (questions.isEmpty()) {
      return Optional.empty();
    }
    // Probes' own records are left out: EngineGuard compares them, since jmDNS does it wrongly.
    return Optional.of(
        new DnsMessage(
                message.id(),
                message.flags(),
                questions,
                knownAnswers(message.answers()),
                List.of(),
                List.of())
            .truncated(false));
  }

  private Optional<DnsName> incoming(DnsName name) {
    if (name.equals(host) || name.equals(ServiceNames.ALL_TYPES)) {
      return Optional.of(name);
    }
    for (JmdnsService service : services.values()) {
      if (service.type().equals(name)) {
        return Optional.of(name);
      }
    }
    return named(name).map(JmdnsService::aliasName);
  }

  /** Those about us, with times that mean to jmDNS what they mean on the network. */
  private List<DnsRecord> knownAnswers(List<DnsRecord> answers) {
    List<DnsRecord> known = new ArrayList<>();
    for (DnsRecord record : answers) {
      DnsRecord.Data data = record.data();
      Optional<DnsName> name = incoming(record.name());
      if (data instanceof DnsRecord.Pointer pointer) {
        Optional<JmdnsService> target = named(pointer.target());
        name = target.flatMap(t -> incoming(record.name()));
        data = target.map(t -> new DnsRecord.Pointer(t.aliasName())).orElse(pointer);
      }
      if (isForeignServer(record)) {
        continue; // it says nothing about us that jmDNS would leave out
      }
      if (name.isPresent()) {
        long seconds = Math.min(Integer.MAX_VALUE, record.timeToLive() * stretch);
        known.add(record.withNames(name.get(), data).withTimeToLive(seconds));
      }
    }
    return known;
  }
}
