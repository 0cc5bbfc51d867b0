package dev.earshot.benchmarks;

import java.nio.ByteBuffer;

/**
 * What the messages of every workload look like. The first byte is the kind:
 *
 * <ul>
 *   <li>{@link #DATA}: the server counts it and checks its length;
 *   <li>{@link #ECHO}: the server sends the same bytes back; bytes 1 to 8 are a serial number;
 *   <li>{@link #MARK}: the server answers with its {@link Tally}, over the same connection; bytes 1
 *       to 8 are a serial number where marks may be lost.
 * </ul>
 *
 * Messages of one workload all have the same length, marks too, so that a bare stream of bytes can
 * carry them as well.
 */
public final class Messages {
  public static final byte DATA = 'D';
  public static final byte ECHO = 'E';
  public static final byte MARK = 'M';

  /** The least length a message may have: the kind and a serial number. */
  public static final int SHORTEST = 9;

  /** The greatest length the adapters accept. */
  public static final int LONGEST = 16 << 20;

  private Messages() {}

  static byte[] data(int size) {
    return filled(DATA, size);
  }

  static byte[] mark(int size) {
    return filled(MARK, size);
  }

  static byte[] mark(int size, long serial) {
    return numbered(MARK, size, serial);
  }

  static byte[] echo(int size, long serial) {
    return numbered(ECHO, size, serial);
  }

  private static byte[] numbered(byte kind, int size, long serial) {
    byte[] message = filled(kind, size);
    ByteBuffer.wrap(message).putLong(1, serial);
    return message;
  }

  private static byte[] filled(byte kind, int size) {
    byte[] message = new byte[size];
    for (int i = 1; i < size; i++) {
      message[i] = (byte) (i * 31 + size);
    }
    message[0] = kind;
    return message;
  }
}
