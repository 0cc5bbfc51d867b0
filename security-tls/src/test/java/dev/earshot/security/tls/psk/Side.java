package dev.earshot.security.tls.psk;

/** One side of a connection in memory: bytes in, bytes out. */
interface Side {
  /** Begins; more than once changes nothing. */
  void begin();

  /** Bytes from the network. */
  void arrive(byte[] bytes);

  /** Everything that is to be sent now. */
  byte[] takeOutput();

  /** Carries bytes to and fro until neither side has more to say. */
  static void exchange(Side client, Side server) {
    client.begin();
    server.begin();
    while (carry(client, server) | carry(server, client)) {
      // until both are silent
    }
  }

  private static boolean carry(Side from, Side to) {
    byte[] bytes = from.takeOutput();
    if (bytes.length > 0) {
      to.arrive(bytes);
    }
    return bytes.length > 0;
  }
}
