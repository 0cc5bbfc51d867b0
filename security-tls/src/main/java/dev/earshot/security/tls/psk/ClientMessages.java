package dev.earshot.security.tls.psk;

import dev.earshot.Payload;
import dev.earshot.security.tls.record.RecordFormat;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.tls.HandshakeType;
import org.jspecify.annotations.Nullable;

/**
 * Reads along with the clear part of a client's handshake, so that a key can be looked up before
 * Bouncy Castle, which cannot wait, asks for it. Used by one thread at a time.
 *
 * <p>It decides nothing: whether a message is right is found out by whoever takes it next. What
 * breaks the rules ends the reading along.
 */
final class ClientMessages {
  /** As much as a message may have, header included. */
  private static final int MAXIMUM_MESSAGE = (1 << 13) + 4;

  private static final byte[] NOTHING = new byte[0];

  private final boolean tls13;
  private byte[] begun = NOTHING;
  private boolean over;
  private @Nullable OfferedKeys offered;
  private @Nullable Payload named;

  /**
   * Reads along.
   *
   * @param tls13 whether it matters what a hello offers in TLS 1.3
   */
  ClientMessages(boolean tls13) {
    this.tls13 = tls13;
  }

  /** Looks at the next record. */
  void record(byte[] record) {
    // Behind a change of cipher nothing can be read.
    over |= record.length <= RecordFormat.HEADER_BYTES || record[0] != RecordFormat.HANDSHAKE;
    if (over) {
      begun = NOTHING;
      return;
    }
    int length = record.length - RecordFormat.HEADER_BYTES;
    byte[] joined = Arrays.copyOf(begun, begun.length + length);
    System.arraycopy(record, RecordFormat.HEADER_BYTES, joined, begun.length, length);
    begun = joined;
    try {
      while (!over && takeMessage()) {
        // until what is left is the beginning of one
      }
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      over = true; // a length within points outside
    }
  }

  /** What the last hello offers in TLS 1.3; null if it offers nothing there. */
  @Nullable OfferedKeys offered() {
    return offered;
  }

  /** The identity that the key exchange of TLS 1.2 names; null if there was none yet. */
  @Nullable Payload named() {
    return named;
  }

  /** Whose keys are wanted, dearest first; empty as long as nobody is named. */
  List<Payload> identities(boolean tls13) {
    if (tls13) {
      return offered == null ? List.of() : offered.identities();
    }
    return named == null ? List.of() : List.of(named);
  }

  /** Lets go of everything. */
  void forget() {
    begun = NOTHING;
    over = true;
    offered = null;
  }

  private boolean takeMessage() {
    ByteBuffer source = ByteBuffer.wrap(begun);
    if (source.remaining() < 4) {
      return false;
    }
    int header = source.getInt();
    int end = 4 + (header & 0xFFFFFF);
    if (end > MAXIMUM_MESSAGE) {
      over = true;
      return false;
    }
    if (end > begun.length) {
      return false;
    }
    byte[] message = Arrays.copyOf(begun, end);
    begun = Arrays.copyOfRange(begun, end, begun.length);
    int type = header >>> 24;
    if (type == HandshakeType.client_hello) {
      offered = tls13 ? OfferedKeys.in(message) : null;
    } else if (type == HandshakeType.client_key_exchange) {
      // RFC 4279, sections 2 to 4: whatever the key exchange, the identity comes first.
      ByteBuffer body = ByteBuffer.wrap(message, 4, end - 4);
      byte[] identity = new byte[body.getShort() & 0xFFFF];
      body.get(identity);
      named = Payload.wrap(identity);
      over = true;
    }
    return true;
  }
}
