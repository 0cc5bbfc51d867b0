package dev.earshot.security.tls.engine;

import dev.earshot.security.tls.engine.ControlRecords.Verdict;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.HandshakeType;

/**
 * TLS 1.3: either side may change its keys; a server may hand out tickets, which are read over,
 * since nothing is ever resumed.
 */
final class KeyUpdates implements LaterRules {
  /** RFC 8446, section 4.6.3, with a request that is no request. */
  private static final byte[] MESSAGE = {HandshakeType.key_update, 0, 0, 1, 0};

  /** The length of the message. */
  static final int BYTES = MESSAGE.length;

  private static final int NOT_REQUESTED = 0;
  private static final int REQUESTED = 1;

  private final boolean client;

  KeyUpdates(boolean client) {
    this.client = client;
  }

  /** What tells the peer that the next record has other keys. */
  static byte[] message() {
    return MESSAGE.clone();
  }

  @Override
  public boolean permits(int type) {
    return type == HandshakeType.key_update || (client && type == HandshakeType.new_session_ticket);
  }

  @Override
  public boolean permitsLength(int type, int length) {
    return type == HandshakeType.key_update ? length == 1 : length > 0;
  }

  @Override
  public Verdict complete(int type, int lastByte, boolean endsRecord) throws TlsFailure {
    if (type != HandshakeType.key_update) {
      return Verdict.GO_ON;
    }
    // RFC 8446, section 5.1: what follows has other keys, so that it cannot be in this record.
    if (!endsRecord) {
      throw TlsFailure.corrupted(
          AlertDescription.unexpected_message, "a change of keys within a record", null);
    }
    if (lastByte != NOT_REQUESTED && lastByte != REQUESTED) {
      throw TlsFailure.corrupted(
          AlertDescription.illegal_parameter, "a change of keys of kind " + lastByte, null);
    }
    return lastByte == REQUESTED ? Verdict.KEYS_CHANGED_ANSWER : Verdict.KEYS_CHANGED;
  }
}
