package dev.earshot.discovery.mdns;

import java.util.List;
import java.util.function.Predicate;

/**
 * A DNS message. Immutable; {@link DnsReader} and {@link DnsWriter} turn it from and into bytes.
 *
 * @param id 0 in multicast DNS, except for answers to one-shot queries
 * @param flags the second word of the header
 * @param questions what is asked
 * @param answers in a query: the answers that the asker knows
 * @param authorities in a probe: the records that the asker wants to own
 * @param additionals what may help
 */
record DnsMessage(
    int id,
    int flags,
    List<Question> questions,
    List<DnsRecord> answers,
    List<DnsRecord> authorities,
    List<DnsRecord> additionals) {
  private static final int RESPONSE = 0x8000;
  private static final int AUTHORITATIVE = 0x0400; // RFC 6762, section 18.4
  private static final int TRUNCATED = 0x0200;
  private static final int OPCODE_AND_RESULT = 0x780F;

  /** Copies the lists. */
  DnsMessage {
    questions = List.copyOf(questions);
    answers = List.copyOf(answers);
    authorities = List.copyOf(authorities);
    additionals = List.copyOf(additionals);
  }

  /**
   * A question.
   *
   * @param name about which name
   * @param type about which type, perhaps {@link DnsRecord#ANY}
   * @param unicast whether the answer may come by unicast (RFC 6762, section 5.4)
   */
  record Question(DnsName name, int type, boolean unicast) {
    boolean isAnsweredBy(DnsRecord record) {
      return (type == DnsRecord.ANY || type == record.type()) && name.equals(record.name());
    }
  }

  static DnsMessage query(List<Question> questions, List<DnsRecord> knownAnswers) {
    return new DnsMessage(0, 0, questions, knownAnswers, List.of(), List.of());
  }

  /** An answer to everybody, or an announcement. */
  static DnsMessage response(List<DnsRecord> answers) {
    return new DnsMessage(0, RESPONSE | AUTHORITATIVE, List.of(), answers, List.of(), List.of());
  }

  boolean isResponse() {
    return (flags & RESPONSE) != 0;
  }

  boolean isTruncated() {
    return (flags & TRUNCATED) != 0;
  }

  /** Whether it is a query that claims names (RFC 6762, section 8.1). */
  boolean isProbe() {
    return !isResponse() && !authorities.isEmpty();
  }

  /** Whether opcode and result are zero; others are to be ignored (RFC 6762, section 18). */
  boolean isStandard() {
    return (flags & OPCODE_AND_RESULT) == 0;
  }

  DnsMessage truncated(boolean more) {
    int newFlags = more ? flags | TRUNCATED : flags & ~TRUNCATED;
    return new DnsMessage(id, newFlags, questions, answers, authorities, additionals);
  }

  DnsMessage withAnswers(Predicate<DnsRecord> which) {
    List<DnsRecord> fewer = answers.stream().filter(which).toList();
    return new DnsMessage(id, flags, questions, fewer, authorities, additionals);
  }

  boolean isEmpty() {
    return questions.isEmpty()
        && answers.isEmpty()
        && authorities.isEmpty()
        && additionals.isEmpty();
  }
}
