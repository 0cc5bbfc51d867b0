package dev.earshot.security.tls.engine;

import dev.earshot.security.tls.record.RecordFormat;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.AlertLevel;
import org.bouncycastle.tls.HandshakeType;

/**
 * Records after the handshake that are not data: alerts, and attempts to shake hands again, which
 * are refused. Not thread-safe.
 */
final class ControlRecords {
  private static final int HANDSHAKE_HEADER_BYTES = 4;

  /** Between two records with data; more serve nothing but to keep us busy. */
  private static final int MAXIMUM_IDLE = 32;

  /** In a connection's life; each makes us answer, and nobody obliges the peer to read answers. */
  private static final int MAXIMUM_REFUSALS = 8;

  /** The longest hello that is read over. */
  private static final int MAXIMUM_MESSAGE = 1 << 14;

  /** What the engine is to do. */
  enum Verdict {
    /** Nothing. */
    GO_ON,
    /** The peer has said farewell. */
    PEER_CLOSED,
    /** The peer asks for another handshake: tell it that there will be none. */
    REFUSE_RENEGOTIATION
  }

  private final boolean client;
  private int idle;
  private int refusals;
  private int headerBytes;
  private int messageLength;
  private int toSkip;

  ControlRecords(boolean client) {
    this.client = client;
  }

  /** Data arrived, of {@code length} bytes. */
  void data(int length) throws TlsFailure {
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
        return alert(content);
      case RecordFormat.HANDSHAKE:
        return handshake(content);
      default:
        throw unexpected("a change of cipher without a handshake");
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
    if (content[0] != AlertLevel.warning) {
      throw TlsFailure.lost(
          TlsFailure.SILENT, "the peer ended the connection with " + Alerts.name(content[1]));
    }
    return Verdict.GO_ON;
  }

  /** Reads over whole hellos; whatever else comes is an error. */
  private Verdict handshake(byte[] content) throws TlsFailure {
    // RFC 5246, 6.2.1: no fragment of a handshake message is empty.
    if (content.length == 0) {
      throw unexpected("an empty handshake record");
    }
    Verdict verdict = Verdict.GO_ON;
    for (int at = 0; at < content.length; ) {
      if (toSkip > 0) {
        int skipped = Math.min(toSkip, content.length - at);
        toSkip -= skipped;
        at += skipped;
      } else if (header(content[at++] & 0xFF)) {
        verdict = refusal();
      }
    }
    return verdict;
  }

  /** One byte of a message's header; says whether it was the last. */
  private boolean header(int value) throws TlsFailure {
    if (headerBytes == 0) {
      // RFC 5246, 7.4.1.1 and 7.4.1.2: all that may come now, from a server and from a client.
      if (value != (client ? HandshakeType.hello_request : HandshakeType.client_hello)) {
        throw unexpected("handshake message " + value + " after the handshake");
      }
      messageLength = 0;
    } else {
      messageLength = messageLength << 8 | value;
    }
    headerBytes++;
    if (headerBytes < HANDSHAKE_HEADER_BYTES) {
      return false;
    }
    if (messageLength > MAXIMUM_MESSAGE) {
      throw unexpected("a handshake message of " + messageLength + " bytes");
    }
    headerBytes = 0;
    toSkip = messageLength;
    return true;
  }

  private Verdict refusal() throws TlsFailure {
    refusals++;
    if (refusals > MAXIMUM_REFUSALS) {
      throw unexpected("more than " + MAXIMUM_REFUSALS + " wishes for another handshake");
    }
    return Verdict.REFUSE_RENEGOTIATION;
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
