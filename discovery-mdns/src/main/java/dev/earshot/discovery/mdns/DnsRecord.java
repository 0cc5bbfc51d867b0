package dev.earshot.discovery.mdns;

import dev.earshot.Payload;
import java.net.InetAddress;

/**
 * A resource record of class IN. Immutable.
 *
 * @param name whose record it is
 * @param type the number of its type
 * @param flush whether it replaces all others of its name and type (RFC 6762, section 10.2)
 * @param timeToLive seconds; 0 says goodbye
 * @param data what it says
 */
record DnsRecord(DnsName name, int type, boolean flush, long timeToLive, Data data) {
  static final int A = 1;
  static final int PTR = 12;
  static final int TXT = 16;
  static final int AAAA = 28;
  static final int SRV = 33;
  static final int ANY = 255;

  /** What a record says. */
  sealed interface Data {}

  /**
   * PTR.
   *
   * @param target the name it points to
   */
  record Pointer(DnsName target) implements Data {}

  /**
   * SRV.
   *
   * @param priority as in RFC 2782
   * @param weight as in RFC 2782
   * @param port where the service listens
   * @param target the host
   */
  record Server(int priority, int weight, int port, DnsName target) implements Data {}

  /**
   * TXT.
   *
   * @param bytes as on the wire
   */
  record Text(Payload bytes) implements Data {}

  /**
   * A or AAAA.
   *
   * @param address without a scope
   */
  record Address(InetAddress address) implements Data {}

  /** A type that is not understood here; only its name and type were kept. */
  record Opaque() implements Data {}

  static DnsRecord pointer(DnsName name, long timeToLive, DnsName target) {
    return new DnsRecord(name, PTR, false, timeToLive, new Pointer(target));
  }

  boolean isGoodbye() {
    return timeToLive == 0;
  }

  DnsRecord withTimeToLive(long seconds) {
    return new DnsRecord(name, type, flush, seconds, data);
  }

  DnsRecord withNames(DnsName newName, Data newData) {
    return new DnsRecord(newName, type, flush, timeToLive, newData);
  }

  /** Whether it and {@code other} say different things of one name and type. */
  boolean replaces(DnsRecord other) {
    return type == other.type && name.equals(other.name) && !data.equals(other.data);
  }

  /** Whether {@code other} says the same of the same name, whatever its time to live. */
  boolean sameAs(DnsRecord other) {
    return type == other.type && name.equals(other.name) && data.equals(other.data);
  }
}
