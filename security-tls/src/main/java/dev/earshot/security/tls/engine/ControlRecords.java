package dev.earshot.security.tls.engine;

import dev.earshot.security.tls.record.RecordFormat;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;

/**
 * Records after the handshake that are not data: alerts, changes of keys, tickets that nobody
 * wants, and attempts to shake hands again, which are refused. Not thread-safe.
 */
final class ControlRecords {
  /** Between two records with data; more serve nothing but to keep us busy. */
  private static final int MAXIMUM_IDLE = 32;

  /** What the engine is to do. */
  enum Verdict {
    /** Nothing. */
    GO_ON,
    /** The peer has said farewell. */
    PEER_CLOSED,
    /** The peer asks for another handshake: tell it that there will be none. */
    REFUSE_RENEGOTIATION,
    /** The peer's next record has other keys. */
    KEYS_CHANGED,
    /** The same, and ours are to be changed before data is sent again. */
    KEYS_CHANGED_ANSWER
  }

  private final boolean tls13;
  private final LaterMessages messages;
  private int idle;

  ControlRecords(boolean client, boolean tls13) {
    this.tls13 = tls13;
    this.messages = new LaterMessages(tls13 ? new KeyUpdates(client) : new Renegotiation(client));
  }

  /** Data arrived, of {@code length} bytes. */
  void data(int length) throws TlsFailure {
    requireWhole();
    if (length > 0) {
      idle = 0;
    } else {
      countIdle();
    }
  }

  /** A record of another type arrived. */
  Verdict control(int type, byte[] content) throws TlsFailure {
    countIdle();
    switch (type) {
      case RecordFormat.ALERT:
        requireWhole();
        return alert(content);
      case RecordFormat.HANDSHAKE:
        return messages.record(content);
      case RecordFormat.CHANGE_CIPHER_SPEC:
        throw unexpected("a change of cipher without a handshake");
      default:
        throw unexpected("a record of unknown type " + type + " within");
    }
  }

  private Verdict alert(byte[] content) throws TlsFailure {
    if (content.length != 2) {
      throw TlsFailure.corrupted(
          AlertDescription.decode_error, "an alert of " + content.length + " bytes", null);
    }
    if (content[1] == AlertDescription.close_notify) {
      return Verdict.PEER_CLOSED;
    }
    // RFC 8446, section 6: the level means nothing any more, and all alerts but this end it.
    boolean harmless =
        tls13 ? content[1] == AlertDescription.user_canceled : content[0] == AlertLevel.warning;
    if (!harmless) {
      throw TlsFailure.lost(
          TlsFailure.SILENT, "the peer ended the connection with " + Alerts.name(content[1]));
    }
    return Verdict.GO_ON;
  }

  /** RFC 8446, section 5.1: in TLS 1.3 nothing comes between the parts of a message. */
  private void requireWhole() throws TlsFailure {
    if (tls13 && messages.isInside()) {
      throw unexpected("something else within a handshake message");
    }
  }

  private void countIdle() throws TlsFailure {
    idle++;
    if (idle > MAXIMUM_IDLE) {
      throw unexpected("more than " + MAXIMUM_IDLE + " records in a row without data");
    }
  }

  private static TlsFailure unexpected(String what) {
    return TlsFailure.corrupted(AlertDescription.unexpected_message, what, null);
  }
}
