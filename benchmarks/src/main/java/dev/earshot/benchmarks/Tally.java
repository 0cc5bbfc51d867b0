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
