package dev.earshot.examples.datagrams;

import dev.earshot.Connection;
import dev.earshot.DataTransferReport;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import java.util.concurrent.CompletableFuture;

/**
 * Asks a silent flow of datagrams whether the other side is still there.
 *
 * <p>Its state belongs to the queue of the flow, on which the reports come one after the other.
 */
public final class StillThere {
  private final Connection flow;
  private final Payload question;
  private final int patience;
  private long heard = -1;
  private int silent;

  /**
   * Asks with {@code question}, to which the other side answers with anything, and gives up when
   * {@code patience} questions in a row have brought nothing.
   */
  public StillThere(Connection flow, Payload question, int patience) {
    this.flow = flow;
    this.question = question;
    this.patience = patience;
  }

  /**
   * Asks if nothing has arrived since the last look. To be called again and again, no faster than
   * an answer takes.
   *
   * @return whether the other side may still be there
   */
  // README: still there
  public CompletableFuture<Boolean> look() {
    return flow.dataTransferReport().thenApply(this::consider);
  }

  private boolean consider(DataTransferReport report) {
    silent = report.piecesReceived() == heard ? silent + 1 : 0;
    heard = report.piecesReceived();
    if (silent > 0 && silent <= patience) {
      flow.sendIdempotent(question, SendOptions.DEFAULT); // again the next time, if it is lost
    }
    return silent <= patience;
  }
  // README: end
}
