package dev.earshot.security.tls.engine;

import org.bouncycastle.tls.AlertDescription;

/**
 * Handshake messages after the handshake, however they are cut into records. Bodies are read over;
 * of each only the last byte is kept. Not thread-safe.
 */
final class LaterMessages {
  private static final int HEADER_BYTES = 4;

  /** The longest body that is read over. */
  private static final int MAXIMUM_BODY = 1 << 14;

  private final LaterRules rules;
  private int headerBytes;
  private int type;
  private int length;
  private int toSkip;
  private int last;

  LaterMessages(LaterRules rules) {
    this.rules = rules;
  }

  /** Whether the record before ended in the middle of a message. */
  boolean isInside() {
    return headerBytes > 0;
  }

  /** Reads one record, and returns what the last message in it demands. */
  ControlRecords.Verdict record(byte[] content) throws TlsFailure {
    // RFC 5246, 6.2.1, and RFC 8446, 5.1: no fragment of a handshake message is empty.
    if (content.length == 0) {
      throw unexpected("an empty handshake record");
    }
    ControlRecords.Verdict verdict = ControlRecords.Verdict.GO_ON;
    for (int at = 0; at < content.length; ) {
      if (headerBytes < HEADER_BYTES) {
        header(content[at++] & 0xFF);
      } else {
        int skipped = Math.min(toSkip, content.length - at);
        toSkip -= skipped;
        at += skipped;
        last = content[at - 1] & 0xFF;
      }
      if (headerBytes == HEADER_BYTES && toSkip == 0) {
        headerBytes = 0;
        verdict = rules.complete(type, last, at == content.length);
      }
    }
    return verdict;
  }

  private void header(int value) throws TlsFailure {
    if (headerBytes == 0) {
      if (!rules.permits(value)) {
        throw unexpected("handshake message " + value + " after the handshake");
      }
      type = value;
      length = 0;
    } else {
      length = length << 8 | value;
    }
    headerBytes++;
    if (headerBytes == HEADER_BYTES) {
      if (length > MAXIMUM_BODY || !rules.permitsLength(type, length)) {
        throw unexpected("a handshake message of " + length + " bytes");
      }
      toSkip = length;
    }
  }

  private static TlsFailure unexpected(String what) {
    return TlsFailure.corrupted(AlertDescription.unexpected_message, what, null);
  }
}
