package dev.earshot.security.tls.dtls;

import dev.earshot.Payload;
import dev.earshot.security.tls.record.DatagramProtection;
import dev.earshot.security.tls.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/**
 * Writes records and numbers them: in the clear in epoch 0, protected in epoch 1. For one thread.
 */
final class RecordWriter {
  private static final int EPOCH_SHIFT = 48;
  private static final long LAST_NUMBER = (1L << EPOCH_SHIFT) - 1;

  private static final byte[] NOTHING = {};

  private long nextInTheClear;
  private long nextProtected;
  private @Nullable DatagramProtection protection;
  private byte[] scratch = NOTHING;

  /** The number that the next record in the clear has. */
  void numberInTheClear(long number) {
    nextInTheClear = number;
  }

  /** From now on there is an epoch 1. */
  void protect(DatagramProtection with) {
    protection = with;
  }

  /** How much longer a record of {@code epoch} is than its content. */
  int overhead(int epoch) {
    return epoch == 0 ? DatagramProtection.HEADER_BYTES : protection().overhead();
  }

  /** Whether the key or the numbers are used up, but for a farewell. */
  boolean isUsedUp() {
    return protection().usedUp() || nextProtected >= LAST_NUMBER - 1;
  }

  /** Writes a whole record and returns its length. */
  int write(int type, int epoch, byte[] content, byte[] target, int at) {
    if (epoch == 0) {
      DatagramProtection.putHeader(
          target, at, type, nextInTheClear++ & LAST_NUMBER, content.length);
      System.arraycopy(content, 0, target, at + DatagramProtection.HEADER_BYTES, content.length);
      return DatagramProtection.HEADER_BYTES + content.length;
    }
    return seal(type, content, content.length, target, at);
  }

  /** Writes a record with what a user sent, and returns its length. */
  int write(Payload content, byte[] target, int at) {
    int length = content.length();
    if (scratch.length < length) {
      scratch = new byte[Math.max(length, 2 * scratch.length)];
    }
    content.copyTo(0, scratch, 0, length);
    return seal(RecordFormat.APPLICATION_DATA, scratch, length, target, at);
  }

  private int seal(int type, byte[] content, int length, byte[] target, int at) {
    long number = 1L << EPOCH_SHIFT | nextProtected++;
    DatagramProtection.putHeader(target, at, type, number, 0);
    return protection().seal(content, 0, length, target, at);
  }

  private DatagramProtection protection() {
    if (protection == null) {
      throw new IllegalStateException("there are no keys yet");
    }
    return protection;
  }
}
