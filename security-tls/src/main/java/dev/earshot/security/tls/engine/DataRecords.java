package dev.earshot.security.tls.engine;

import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.security.tls.record.RecordOpener;
import dev.earshot.security.tls.record.RecordProtection;
import dev.earshot.security.tls.record.RecordSealer;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import org.bouncycastle.tls.AlertDescription;
import org.jspecify.annotations.Nullable;

/**
 * Records after the handshake, between a user's buffers and the network's. Not thread-safe.
 *
 * <p>Between heap buffers the cipher works straight from one to the other. For all others there is
 * an array in between, made when it is first needed.
 */
final class DataRecords {
  /** What {@link #seal} returns if not even one record fits. */
  static final int NO_ROOM = -1;

  private static final byte[] NOTHING = {};

  private final RecordSealer sealer;
  private final RecordOpener opener;
  private final int maximumContent;
  private final boolean tls13;
  private byte @Nullable [] content;
  private byte @Nullable [] record;

  /** What was in the record that was opened last, if it was not data. */
  private byte[] control = NOTHING;

  /** The peer wants us to change our keys before we send data again. */
  private boolean updateDue;

  DataRecords(RecordProtection protection, int maximumContent) {
    this.tls13 = protection.isTls13();
    this.sealer = protection.sealer();
    this.opener = protection.opener();
    this.maximumContent = maximumContent;
  }

  /** The header of the next record, which is all there. */
  RecordHeader header(ByteBuffer source) throws TlsFailure {
    return RecordHeader.ofData(source, maximumLength(), tls13);
  }

  private int maximumLength() {
    return maximumContent + opener.overhead();
  }

  /**
   * Seals from {@code sources} as many records as {@code target} has room for.
   *
   * @return the bytes consumed, or {@link #NO_ROOM}
   * @throws TlsFailure if the key has protected as much as it may
   */
  int seal(BufferRange sources, ByteBuffer target) throws TlsFailure {
    int consumed = 0;
    int nothingYet = NO_ROOM;
    for (long left = sources.remaining(); left > 0; left = sources.remaining()) {
      if (sealer.isUpdatable() && (updateDue || sealer.usedUp())) {
        if (KeyUpdates.BYTES + sealer.overhead() > target.remaining()) {
          return consumed == 0 ? nothingYet : consumed;
        }
        target.put(sealControl(RecordFormat.HANDSHAKE, KeyUpdates.message()));
        sealer.update();
        updateDue = false;
        nothingYet = 0;
      }
      int length = (int) Math.min(left, maximumContent);
      if (length + sealer.overhead() > target.remaining()) {
        return consumed == 0 ? nothingYet : consumed;
      }
      if (sealer.usedUp()) {
        if (consumed > 0) {
          return consumed;
        }
        throw TlsFailure.lost(
            AlertDescription.internal_error,
            "the connection has carried as much as one key may protect; connect again");
      }
      sealOne(sources, length, target);
      consumed += length;
    }
    return consumed;
  }

  /** An alert as a sealed record. */
  byte[] sealAlert(byte[] alert) {
    return sealControl(RecordFormat.ALERT, alert);
  }

  private byte[] sealControl(int type, byte[] message) {
    byte[] sealed = new byte[message.length + sealer.overhead()];
    sealer.seal(type, message, 0, message.length, sealed, 0);
    return sealed;
  }

  /**
   * The peer has changed its keys.
   *
   * @param answer whether it wants ours to be changed as well; that is done once, however often it
   *     asks, when there is data to be sent (RFC 8446, section 4.6.3)
   */
  void keysChanged(boolean answer) {
    opener.update();
    updateDue |= answer;
  }

  /**
   * Opens the record with {@code header} at the position of {@code source} into {@code targets}, or
   * keeps it as {@link #control} if it is no data.
   *
   * @return the length of its content, 0 for what is no data, or {@link #NO_ROOM}
   * @throws TlsFailure if it is not what the peer sealed
   */
  int open(ByteBuffer source, RecordHeader header, BufferRange targets) throws TlsFailure {
    int room = opener.room(header.length());
    if (header.type() != RecordFormat.APPLICATION_DATA) {
      control = new byte[room];
      openTo(source, header, control, 0);
      return 0;
    }
    int longest = tls13 ? Math.max(0, room - 1) : room; // a byte of it is the type
    if (longest > targets.remaining()) {
      return NO_ROOM;
    }
    if (longest > 0) {
      ByteBuffer target = targets.first();
      if (target.hasArray() && target.remaining() >= room) {
        int at = target.arrayOffset() + target.position();
        int length = openTo(source, header, target.array(), at);
        if (isControl()) {
          control = Arrays.copyOfRange(target.array(), at, at + length);
          return 0;
        }
        target.position(target.position() + length);
        return length;
      }
    }
    byte[] opened = contentArray();
    int length = openTo(source, header, opened, 0);
    if (isControl()) {
      control = Arrays.copyOf(opened, length);
      return 0;
    }
    targets.put(opened, length);
    return length;
  }

  /** Whether what was opened last is no data. */
  boolean isControl() {
    return opener.type() != RecordFormat.APPLICATION_DATA;
  }

  /** The type of what was opened last. */
  int type() {
    return opener.type();
  }

  /** The content of what was opened last, if that {@link #isControl}. */
  byte[] control() {
    return control;
  }

  private void sealOne(BufferRange sources, int length, ByteBuffer target) {
    ByteBuffer source = sources.first();
    byte[] from;
    int at = 0;
    if (source.hasArray() && source.remaining() >= length) {
      from = source.array();
      at = source.arrayOffset() + source.position();
      source.position(source.position() + length);
    } else {
      from = contentArray();
      sources.get(from, length);
    }
    if (target.hasArray()) {
      int to = target.arrayOffset() + target.position();
      int sealed = sealer.seal(RecordFormat.APPLICATION_DATA, from, at, length, target.array(), to);
      target.position(target.position() + sealed);
    } else {
      byte[] to = recordArray();
      target.put(to, 0, sealer.seal(RecordFormat.APPLICATION_DATA, from, at, length, to, 0));
    }
  }

  /** Opens into {@code target} and moves {@code source} behind the record. */
  private int openTo(ByteBuffer source, RecordHeader header, byte[] target, int at)
      throws TlsFailure {
    int start = source.position();
    byte[] from;
    int body;
    if (source.hasArray()) {
      from = source.array();
      body = source.arrayOffset() + start + RecordFormat.HEADER_BYTES;
    } else {
      from = recordArray();
      source.duplicate().get(from, 0, header.recordLength());
      body = RecordFormat.HEADER_BYTES;
    }
    int length;
    try {
      length = opener.open(header.type(), from, body, header.length(), target, at);
    } catch (AEADBadTagException e) {
      throw TlsFailure.corrupted(
          AlertDescription.bad_record_mac,
          "a record is not what the peer sent: changed, lost, repeated or out of order",
          e);
    }
    source.position(start + header.recordLength());
    return length;
  }

  private byte[] contentArray() {
    byte[] array = content;
    if (array == null) {
      array = new byte[maximumContent + 1]; // and what TLS 1.3 adds within
      content = array;
    }
    return array;
  }

  private byte[] recordArray() {
    byte[] array = record;
    if (array == null) {
      array = new byte[RecordFormat.HEADER_BYTES + maximumLength()];
      record = array;
    }
    return array;
  }
}
