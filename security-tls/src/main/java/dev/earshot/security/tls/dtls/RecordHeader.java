package dev.earshot.security.tls.dtls;

import dev.earshot.security.tls.record.DatagramProtection;

/** The header of a record as it arrived (RFC 6347, section 4.1); nothing of it is trusted. */
final class RecordHeader {
  private static final int VERSION_AT = 1;
  private static final int NUMBER_AT = 3;
  private static final int LENGTH_AT = 11;
  private static final int MAJOR = 0xFE;

  private RecordHeader() {}

  /** The length of the record at {@code at}, header included; -1 if there is no whole one. */
  static int length(byte[] datagram, int at) {
    if (datagram.length - at < DatagramProtection.HEADER_BYTES
        || (datagram[at + VERSION_AT] & 0xFF) != MAJOR) {
      return -1;
    }
    int content = (datagram[at + LENGTH_AT] & 0xFF) << 8 | (datagram[at + LENGTH_AT + 1] & 0xFF);
    int length = DatagramProtection.HEADER_BYTES + content;
    return length <= datagram.length - at ? length : -1;
  }

  /** The epoch in the upper 16 bits, the sequence number in the others. */
  static long number(byte[] datagram, int at) {
    long number = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      number = number << 8 | (datagram[at + NUMBER_AT + i] & 0xFF);
    }
    return number;
  }
}
