package dev.earshot.discovery.mdns;

import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.discovery.mdns.DnsMessage.Question;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a DNS message (RFC 1035, section 4) from bytes that anybody may have sent.
 *
 * <p>Either returns a message or throws {@link FramingException}: no count is believed, no length
 * used before it was checked, and a compressed name may only point backwards.
 */
final class DnsReader {
  private static final int HEADER_BYTES = 12;
  private static final int QUESTION_BYTES = 5;
  private static final int RECORD_BYTES = 11;
  private static final int POINTER = 0xC0;
  private static final int TOP_BIT = 0x8000; // of a class: unicast wanted, or cache flush
  private static final int CLASS_IN = 1;
  private static final int CLASS_ANY = 255;

  private final byte[] bytes;
  private final int end;
  private int at;

  private DnsReader(byte[] bytes) {
    this.bytes = bytes;
    this.end = bytes.length;
  }

  /** The message in {@code length} bytes, beginning at {@code offset}. */
  static DnsMessage read(byte[] bytes, int offset, int length) throws FramingException {
    return new DnsReader(Arrays.copyOfRange(bytes, offset, offset + length)).message();
  }

  private DnsMessage message() throws FramingException {
    int id = word();
    int flags = word();
    int[] counts = {word(), word(), word(), word()};
    int least = counts[0] * QUESTION_BYTES + (counts[1] + counts[2] + counts[3]) * RECORD_BYTES;
    if (least > end - HEADER_BYTES) {
      throw new FramingException("DNS message of " + end + " bytes claims more than it can hold");
    }
    List<Question> questions = questions(counts[0]);
    return new DnsMessage(
        id, flags, questions, records(counts[1]), records(counts[2]), records(counts[3]));
  }

  private List<Question> questions(int count) throws FramingException {
    List<Question> questions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      DnsName name = name();
      int type = word();
      int dnsClass = word();
      int plain = dnsClass & ~TOP_BIT;
      if (plain == CLASS_IN || plain == CLASS_ANY) {
        questions.add(new Question(name, type, (dnsClass & TOP_BIT) != 0));
      }
    }
    return questions;
  }

  private List<DnsRecord> records(int count) throws FramingException {
    List<DnsRecord> records = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      DnsRecord record = record();
      if (record != null) {
        records.add(record);
      }
    }
    return records;
  }

  private @Nullable DnsRecord record() throws FramingException {
    DnsName name = name();
    int type = word();
    int dnsClass = word();
    long timeToLive = ((long) word() << 16) | word();
    int length = word();
    int next = at + length;
    if (next > end) {
      throw new FramingException("DNS record of " + length + " bytes runs past the message");
    }
    DnsRecord.Data data = data(type, length);
    at = next;
    if ((dnsClass & ~TOP_BIT) != CLASS_IN || data == null) {
      return null;
    }
    // RFC 2181, section 8: a time to live with the top bit set counts as zero; but zero says
    // goodbye here, so it is taken for the smallest that does not.
    long sane = timeToLive > Integer.MAX_VALUE ? 1 : timeToLive;
    return new DnsRecord(name, type, (dnsClass & TOP_BIT) != 0, sane, data);
  }

  /** Leaves the position anywhere; null if the data is not what its type says. */
  private DnsRecord.@Nullable Data data(int type, int length) throws FramingException {
    int next = at + length;
    DnsRecord.Data data;
    switch (type) {
      case DnsRecord.A:
      case DnsRecord.AAAA:
        return length == (type == DnsRecord.A ? 4 : 16) ? address(length) : null;
      case DnsRecord.TXT:
        return new DnsRecord.Text(Payload.copyOf(bytes, at, length));
      case DnsRecord.PTR:
        data = new DnsRecord.Pointer(name());
        break;
      case DnsRecord.SRV:
        data = new DnsRecord.Server(word(), word(), word(), name());
        break;
      default:
        return new DnsRecord.Opaque();
    }
    if (at != next) {
      throw new FramingException("DNS record of type " + type + " has a wrong length");
    }
    return data;
  }

  private DnsRecord.@Nullable Address address(int length) {
    byte[] raw = new byte[length];
    System.arraycopy(bytes, at, raw, 0, length);
    try {
      InetAddress address = InetAddress.getByAddress(raw);
      // An IPv4-mapped AAAA record would come out as IPv4: nothing honest publishes that.
      return address.getAddress().length == length ? new DnsRecord.Address(address) : null;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address of " + length + " bytes", e);
    }
  }

  private DnsName name() throws FramingException {
    List<byte[]> labels = new ArrayList<>();
    int length = 1;
    int cursor = at;
    int lowest = at; // every pointer has to point below all that was read before
    boolean jumped = false;
    while (true) {
      int head = byteAt(cursor);
      if (head >= POINTER) {
        int target = (head & ~POINTER) << 8 | byteAt(cursor + 1);
        if (target >= lowest || target < HEADER_BYTES) {
          throw new FramingException("DNS name points to " + target + " from " + cursor);
        }
        at = jumped ? at : cursor + 2;
        jumped = true;
        cursor = lowest = target;
      } else if (head == 0) {
        at = jumped ? at : cursor + 1;
        return DnsName.ofLabels(labels);
      } else {
        length += 1 + head;
        if (head > DnsName.MAXIMUM_LABEL_BYTES || length > DnsName.MAXIMUM_BYTES) {
          throw new FramingException("DNS label of " + head + " in a name of " + length + " bytes");
        }
        labels.add(label(cursor + 1, head));
        cursor += 1 + head;
      }
    }
  }

  private byte[] label(int from, int length) throws FramingException {
    if (from + length > end) {
      throw new FramingException("DNS label runs past the message");
    }
    byte[] label = new byte[length];
    System.arraycopy(bytes, from, label, 0, length);
    return label;
  }

  private int word() throws FramingException {
    int value = byteAt(at) << 8 | byteAt(at + 1);
    at += 2;
    return value;
  }

  private int byteAt(int index) throws FramingException {
    if (index >= end) {
      throw new FramingException("DNS message of " + end + " bytes ends too early");
    }
    return bytes[index] & 0xFF;
  }
}
