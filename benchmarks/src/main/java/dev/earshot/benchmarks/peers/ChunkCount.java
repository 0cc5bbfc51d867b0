package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Messages;
import dev.earshot.benchmarks.Tally;
import dev.earshot.benchmarks.Workload;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Cuts a stream of bytes into messages of one length where they lie, counts those of data, and
 * answers marks. Confined to the thread that reads the stream.
 */
final class ChunkCount {
  private final Tally tally;
  private final int size;
  private int position;
  private byte kind;

  ChunkCount(Workload workload) {
    this.tally = new Tally(workload);
    this.size = workload.size();
  }

  /** Sends an answer back. */
  interface Answers {
    void send(byte[] answer) throws IOException;
  }

  /** Takes what has arrived, all of it. */
  void take(ByteBuffer bytes, Answers answers) throws IOException {
    while (bytes.hasRemaining()) {
      if (position == 0) {
        kind = bytes.get(bytes.position());
      }
      int taken = Math.min(size - position, bytes.remaining());
      bytes.position(bytes.position() + taken);
      position += taken;
      if (position == size) {
        position = 0;
        whole(answers);
      }
    }
  }

  private void whole(Answers answers) throws IOException {
    switch (kind) {
      case Messages.DATA -> tally.data(size);
      case Messages.MARK -> answers.send(tally.answer());
      default -> throw new IOException("a message of kind " + kind + " has arrived");
    }
  }
}
