package dev.earshot.security.tls.engine;

import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.security.tls.record.RecordOpener;
import dev.earshot.security.tls.record.RecordProtection;
import dev.earshot.security.tls.record.RecordSealer;
import java.nio.ByteBuffer;
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

  private final RecordSealer sealer;
  private final RecordOpener opener;
  private final int maximumContent;
  private byte @Nullable [] content;
  private byte @Nullable [] record;

  DataRecords(RecordProtection protection, int maximumContent) {
    this.sealer = protection.sealer();
    this.opener = protection.opener();
    this.maximumContent = maximumContent;
  }

  /** The longest body of a record that the peer may send. */
  int maximumLength() {
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
    for (long left = sources.remaining(); left > 0; left = sources.remaining()) {
      int length = (int) Math.min(left, maximumContent);
      if (length + sealer.overhead() > target.remaining()) {
        return consumed == 0 ? NO_ROOM : consumed;
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
    byte[] sealed = new byte[alert.length + sealer.overhead()];
    sealer.seal(RecordFormat.ALERT, alert, 0, alert.length, sealed, 0);
    return sealed;
  }

  /**
   * Opens the record with {@code header} at the position of {@code source} into {@code targets}.
   *
   * @return the length of its content, or {@link #NO_ROOM}
   * @throws TlsFailure if it is not what the peer sealed
   */
  int open(ByteBuffer source, RecordHeader header, BufferRange targets) throws TlsFailure {
    int length = header.length() - opener.overhead();
    if (length > targets.remaining()) {
      return NO_ROOM;
    }
    if (length > 0) {
      ByteBuffer target = targets.first();
      if (target.hasArray() && target.remaining() >= length) {
        int at = target.arrayOffset() + target.position();
        openTo(source, header, target.array(), at);
        target.position(target.position() + length);
        return length;
      }
    }
    byte[] opened = contentArray();
    openTo(source, header, opened, 0);
    targets.put(opened, length);
    return length;
  }

  /** Opens a record that is not for the user. */
  byte[] openControl(ByteBuffer source, RecordHeader header) throws TlsFailure {
    byte[] opened = new byte[Math.max(0, header.length() - opener.overhead())];
    openTo(source, header, opened, 0);
    return opened;
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
  private void openTo(ByteBuffer source, RecordHeader header, byte[] target, int at)
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
    try {
      opener.open(header.type(), from, body, header.length(), target, at);
    } catch (AEADBadTagException e) {
      throw TlsFailure.corrupted(
          AlertDescription.bad_record_mac,
          "a record is not what the peer sent: changed, lost, repeated or out of order",
          e);
    }
    source.position(start + header.recordLength());
  }

  private byte[] contentArray() {
    byte[] array = content;
    if (array == null) {
      array = new byte[maximumContent];
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
