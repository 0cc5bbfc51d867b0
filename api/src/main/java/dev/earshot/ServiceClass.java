package dev.earshot;

/**
 * What kind of traffic a connection carries, written into each packet as a DiffServ code point (RFC
 * 2474), for networks that treat kinds differently: Wi-Fi, above all, sorts by it (RFC 8325).
 *
 * <p>It is a wish. The operating system may refuse it, which is not an error (Windows does, unless
 * its policy says otherwise), and every network may ignore or change it. Every transport carries
 * it, on both sides; the packets of the TCP handshake of an accepted connection do not, nor does
 * TCP over IPv4 on Linux without the native transport, since Java marks only IPv6 there.
 */
public enum ServiceClass {
  /** Like everything else: no mark. */
  BEST_EFFORT(0),
  /** May wait for everything else: CS1 (RFC 4594, section 4.10). */
  BACKGROUND(8),
  /** Somebody waits for the answer: AF21 (RFC 4594, section 4.7). */
  RESPONSIVE_DATA(18),
  /** Moving pictures of a conversation: AF41 (RFC 4594, section 4.3). */
  INTERACTIVE_VIDEO(34),
  /** Setting conversations up: CS5 (RFC 4594, section 4.2). */
  SIGNALLING(40),
  /** The sound of a conversation: EF (RFC 4594, section 4.1). */
  INTERACTIVE_VOICE(46);

  private final int dscp;

  ServiceClass(int dscp) {
    this.dscp = dscp;
  }

  /** The code point, 0 to 63. */
  public int dscp() {
    return dscp;
  }
}
