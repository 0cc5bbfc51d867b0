package dev.earshot.internal.connection;

import dev.earshot.CancelledException;
import dev.earshot.NetworkException;

/**
 * What flows over a connection, and how it ends. To be called on the loop.
 *
 * @param sends what waits to be sent
 * @param reads what has arrived, and who waits for it; the queue's
 * @param demand when the pipe is asked for more
 */
record Traffic(SendQueue sends, ReceiveQueue reads, Demand demand) {

  /** The user wants no more: what was taken is still to be sent, what has arrived is dropped. */
  void close(Crossing crossing, NetworkException cause) {
    sends.close(cause);
    crossing.queue().execute(() -> reads.cancel(cause));
  }

  /** Nothing flows any more. What has arrived can still be read, unless it was the user's wish. */
  void end(Crossing crossing, NetworkException cause) {
    demand.end();
    sends.end(cause);
    boolean wished = cause instanceof CancelledException;
    crossing.queue().execute(() -> endReads(wished, cause));
  }

  private void endReads(boolean wished, NetworkException cause) {
    if (wished) {
      reads.cancel(cause);
    } else {
      reads.fail(cause);
    }
  }
}
