package dev.earshot.discovery.mdns;

import dev.earshot.discovery.mdns.DnsMessage.Question;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a DNS message (RFC 1035, section 4) with compressed names. Used once, by one thread.
 *
 * <p>Records of types that are not understood here are left out.
 */
final class DnsWriter {
  private static final int TOP_BIT = 0x8000; // of a class: unicast wanted, or cache flush
  private static final int CLASS_IN = 1;
  private static final int POINTER = 0xC000;
  private static final int POINTER_REACH = 0x3FFF;

  private final Map<String, Integer> written = new HashMap<>();
  private byte[] bytes = new byte[512];
  private int size;

  private DnsWriter() {}

  /** The bytes of {@code message}. */
  static byte[] write(DnsMessage message) {
    return new DnsWriter().message(message);
  }

  private byte[] message(DnsMessage message) {
    List<DnsRecord> answers = known(message.answers());
    List<DnsRecord> authorities = known(message.authorities());
    List<DnsRecord> additionals = known(message.additionals());
    word(message.id());
    word(message.flags());
    word(message.questions().size());
    word(answers.size());
    word(authorities.size());
    word(additionals.size());
    message.questions().forEach(this::question);
    answers.forEach(this::record);
    authorities.forEach(this::record);
    additionals.forEach(this::record);
    return Arrays.copyOf(bytes, size);
  }

  private static List<DnsRecord> known(List<DnsRecord> records) {
    return records.stream().filter(r -> !(r.data() instanceof DnsRecord.Opaque)).toList();
  }

  private void question(Question question) {
    name(question.name());
    word(question.type());
    word(CLASS_IN | (question.unicast() ? TOP_BIT : 0));
  }

  private void record(DnsRecord record) {
    name(record.name());
    word(record.type());
    word(CLASS_IN | (record.flush() ? TOP_BIT : 0));
    word((int) (record.timeToLive() >> 16));
    word((int) record.timeToLive());
    int lengthAt = size;
    word(0);
    data(record.data());
    int length = size - lengthAt - 2;
    bytes[lengthAt] = (byte) (length >> 8);
    bytes[lengthAt + 1] = (byte) length;
  }

  private void data(DnsRecord.Data data) {
    if (data instanceof DnsRecord.Pointer pointer) {
      name(pointer.target());
    } else if (data instanceof DnsRecord.Server server) {
      word(server.priority());
      word(server.weight());
      word(server.port());
      name(server.target());
    } else if (data instanceof DnsRecord.Text text) {
      append(text.bytes().toByteArray());
    } else if (data instanceof DnsRecord.Address address) {
      append(address.address().getAddress());
    }
  }

  private void name(DnsName name) {
    List<byte[]> labels = name.labels();
    for (int i = 0; i < labels.size(); i++) {
      String rest = suffix(labels.subList(i, labels.size()));
      Integer before = written.get(rest);
      if (before != null) {
        word(POINTER | before);
        return;
      }
      if (size <= POINTER_REACH) {
        written.put(rest, size);
      }
      append((byte) labels.get(i).length);
      append(labels.get(i));
    }
    append((byte) 0);
  }

  /** Compares with case: a name is to arrive as it was written. */
  private static String suffix(List<byte[]> labels) {
    ByteArrayOutputStream suffix = new ByteArrayOutputStream();
    for (byte[] label : labels) {
      suffix.write(label.length);
      suffix.writeBytes(label);
    }
    return suffix.toString(StandardCharsets.ISO_8859_1);
  }

  private void word(int value) {
    append((byte) (value >> 8), (byte) value);
  }

  private void append(byte... more) {
    if (size + more.length > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, size + more.length));
    }
    System.arraycopy(more, 0, bytes, size, more.length);
    size += more.length;
  }
}
