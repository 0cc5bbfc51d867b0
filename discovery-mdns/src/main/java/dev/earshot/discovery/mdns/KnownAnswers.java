package dev.earshot.discovery.mdns;

import dev.earshot.discovery.mdns.DnsMessage.Question;
import java.util.ArrayList;
import java.util.List;

/**
 * A query with the answers that are known already, so that nobody repeats them; over several
 * packets if they are many (RFC 6762, sections 7.1 and 7.2).
 */
final class KnownAnswers {
  private static final int PACKET_BYTES = 1_400;
  private static final int HEAD_BYTES = 12 + DnsName.MAXIMUM_BYTES + 4;
  private static final int RECORD_BYTES = 2 + 10 + 2; // compressed name, head, compressed rest

  private KnownAnswers() {}

  /** The packets, in order; all but the last say that more follow. */
  static List<DnsMessage> messages(Question question, List<DnsRecord> known) {
    List<DnsMessage> messages = new ArrayList<>();
    List<Question> questions = List.of(question);
    List<DnsRecord> part = new ArrayList<>();
    int size = HEAD_BYTES;
    for (DnsRecord record : known) {
      int bytes = bytes(record);
      if (size + bytes > PACKET_BYTES && !part.isEmpty()) {
        messages.add(DnsMessage.query(questions, part).truncated(true));
        questions = List.of();
        part = new ArrayList<>();
        size = HEAD_BYTES;
      }
      part.add(record);
      size += bytes;
    }
    messages.add(DnsMessage.query(questions, part));
    return messages;
  }

  private static int bytes(DnsRecord record) {
    int label =
        record.data() instanceof DnsRecord.Pointer pointer
            ? 1 + pointer.target().labels().get(0).length
            : DnsName.MAXIMUM_BYTES;
    return RECORD_BYTES + label;
  }
}
