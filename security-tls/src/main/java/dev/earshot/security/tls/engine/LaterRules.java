package dev.earshot.security.tls.engine;

import dev.earshot.security.tls.engine.ControlRecords.Verdict;

/** Which handshake messages may come after the handshake, and what they demand. */
interface LaterRules {
  /** Whether a message of {@code type} may come. */
  boolean permits(int type);

  /** Whether such a message may have {@code length} bytes. */
  boolean permitsLength(int type, int length);

  /**
   * A whole message has arrived.
   *
   * @param lastByte the last one of its body, if it has one
   * @param endsRecord whether nothing follows in the same record
   */
  Verdict complete(int type, int lastByte, boolean endsRecord) throws TlsFailure;
}
