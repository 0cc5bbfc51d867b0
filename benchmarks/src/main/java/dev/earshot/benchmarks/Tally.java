package dev.earshot.benchmarks;

import java.nio.ByteBuffer;
import java.util.Collection;

/**
 * What the serving side has counted on one connection since the last mark. Confined to the thread
 * that reads that connection.
 */
public final class Tally {
  /** The length of an answer. */
  public static final int ANSWER = 16;

  private static final int LOSSY_ANSWER = ANSWER + Long.BYTES;

  private final int expectedLength;
  private long messages;
  private long misshapen;

  public Tally(Workload workload) {
    this.expectedLength = workload.size();
  }

  /** Counts one data message. */
  public void data(int length) {
    messages++;
    if (length != expectedLength) {
      misshapen++;
    }
  }

  /** The answer to a mark; counting begins anew. */
  public byte[] answer() {
    byte[] answer = ByteBuffer.allocate(ANSWER).putLong(messages).putLong(misshapen).array();
    messages = 0;
    misshapen = 0;
    return answer;
  }

  /**
   * The answer to a mark that may be lost and repeated: counting goes on, and the mark's serial
   * number is in it.
   */
  public byte[] soFar(byte[] mark) {
    return ByteBuffer.allocate(LOSSY_ANSWER)
        .putLong(messages)
        .putLong(misshapen)
        .put(mark, 1, Long.BYTES)
        .array();
  }

  /** The serial number of the mark that {@link #soFar} answered. */
  static long serial(byte[] answer) {
    return ByteBuffer.wrap(answer).getLong(ANSWER);
  }

  /** How many messages an answer says have arrived; throws if one was misshapen. */
  static long arrived(byte[] answer) {
    long wrong = ByteBuffer.wrap(answer).getLong(Long.BYTES);
    if (wrong != 0) {
      throw new IllegalStateException(wrong + " datagrams of wrong length arrived");
    }
    return ByteBuffer.wrap(answer).getLong(0);
  }

  /** Throws unless the answers together say that exactly the sent messages arrived whole. */
  static void verify(Collection<byte[]> answers, long sent) {
    long arrived = answers.stream().mapToLong(answer -> ByteBuffer.wrap(answer).getLong(0)).sum();
    long wrong = answers.stream().mapToLong(answer -> ByteBuffer.wrap(answer).getLong(8)).sum();
    if (arrived != sent || wrong != 0) {
      throw new IllegalStateException(
          "sent " + sent + " messages, " + arrived + " arrived, " + wrong + " of wrong length");
    }
  }
}
