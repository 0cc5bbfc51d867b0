package dev.earshot.discovery.mdns;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Who yields when two hosts probe for one name at the same moment (RFC 6762, section 8.2).
 *
 * <p>We put one SRV record into a probe, so one record is compared: by type, then by the bytes of
 * what it says, names uncompressed. The later one wins.
 */
final class TieBreak {
  private TieBreak() {}

  /** Whether {@code theirs} is later than {@code ours}, so that we have to wait. */
  static boolean isLater(DnsRecord theirs, DnsRecord ours) {
    if (theirs.type() != ours.type()) {
      return theirs.type() > ours.type();
    }
    return Arrays.compareUnsigned(bytes(theirs), bytes(ours)) > 0;
  }

  private static byte[] bytes(DnsRecord record) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (record.data() instanceof DnsRecord.Server server) {
      for (int word : new int[] {server.priority(), server.weight(), server.port()}) {
        bytes.write(word >> 8);
        bytes.write(word);
      }
      for (byte[] label : server.target().labels()) {
        bytes.write(label.length);
        bytes.writeBytes(label);
      }
      bytes.write(0);
    }
    return bytes.toByteArray();
  }
}
