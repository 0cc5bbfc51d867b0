package dev.earshot.security.tls.dtls;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The few protected records that come before there are keys to read them with: those that overtook
 * others, or that came while a key was looked up. Bounded; what exceeds that is repeated by the
 * peer. For one thread.
 */
final class EarlyRecords {
  private static final int MOST = 4;
  private static final int LONGEST = 256;

  private final List<byte[]> records = new ArrayList<>(MOST);
  private boolean closed;

  /** Takes a record. */
  interface Reader {
    void read(byte[] bytes, int length);
  }

  /** Keeps a copy of the record, if there is room. */
  boolean keep(byte[] datagram, int at, int length) {
    if (closed || records.size() == MOST || length > LONGEST) {
      return false;
    }
    records.add(Arrays.copyOfRange(datagram, at, at + length));
    return true;
  }

  /** Gives all of them, and takes no more. */
  void release(Reader reader) {
    List<byte[]> all = List.copyOf(records);
    drop();
    all.forEach(record -> reader.read(record, record.length));
  }

  void drop() {
    closed = true;
    records.clear();
  }
}
