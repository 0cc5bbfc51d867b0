package dev.earshot.session.internal.resource;

import dev.earshot.Connection;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.session.ResourceException;
import dev.earshot.session.ResourceException.Code;
import java.io.IOException;
import java.util.concurrent.Executor;

/**
 * Moves a file's bytes between disk and stream, a piece at a time: the next piece is read only when
 * there is room for it, and asked for only when the last one is on the disk. That is all of a
 * transfer's flow control, on both sides (checklist, items 128-140).
 *
 * <p>Runs on one lane of the disk's threads. What comes of it is told on that lane too.
 */
final class Pump {
  private static final int LEAST = 64 << 10;

  private final Connection stream;
  private final int chunkSize;
  private final Executor lane;
  private final TransferReport report;
  private final Events events;

  /** Set by any thread: nothing more is to be moved. */
  private volatile boolean stopped;

  /** What comes of pumping, once. */
  interface Events {
    /** All bytes have been moved. */
    void moved(long size, Payload digest);

    /** It cannot go on, because of the file. */
    void failed(ResourceException cause);

    /** It cannot go on, because the stream broke: the other side may be about to say why. */
    void broke(ResourceException cause);
  }

  Pump(Connection stream, int chunkSize, Executor lane, TransferReport report, Events events) {
    this.stream = stream;
    this.chunkSize = chunkSize;
    this.lane = lane;
    this.report = report;
    this.events = events;
  }

  /** Sends all of {@code source}, which is open. Any thread. */
  void send(FileSource source) {
    lane.execute(
        () -> {
          report.begin();
          sendNext(source);
        });
  }

  /** Receives into {@code landing}, which is open, until the end of the stream. Any thread. */
  void receive(Landing landing) {
    lane.execute(
        () -> {
          report.begin();
          receiveNext(landing);
        });
  }

  void stop() {
    stopped = true;
  }

  private void sendNext(FileSource source) {
    if (stopped) {
      return;
    }
    try {
      if (source.isAtEnd()) {
        finish(source);
        return;
      }
      Payload piece = source.read();
      stream
          .send(piece)
          .whenCompleteAsync(
              (nothing, failure) -> {
                if (failure == null) {
                  report.moved(piece.length());
                  sendNext(source);
                } else {
                  streamFailed(failure);
                }
              },
              lane);
    } catch (IOException | ResourceException e) {
      events.failed(asResourceException("reading", e));
    }
  }

  private void finish(FileSource source) {
    stream
        .send(Payload.empty(), SendOptions.FINAL)
        .whenCompleteAsync(
            (nothing, failure) -> {
              if (failure == null) {
                events.moved(source.size(), source.digest());
              } else {
                streamFailed(failure);
              }
            },
            lane);
  }

  private void receiveNext(Landing landing) {
    if (stopped) {
      return;
    }
    stream
        .receive(LEAST, chunkSize)
        .whenCompleteAsync(
            (received, failure) -> {
              if (failure == null) {
                take(landing, received);
              } else {
                streamFailed(failure);
              }
            },
            lane);
  }

  private void take(Landing landing, Received received) {
    if (stopped) {
      return;
    }
    try {
      landing.write(received.content());
      report.moved(received.content().length());
    } catch (IOException | ResourceException e) {
      events.failed(asResourceException("writing", e));
      return;
    }
    if (received.endOfStream()) {
      events.moved(landing.written(), landing.digest());
    } else {
      receiveNext(landing);
    }
  }

  private void streamFailed(Throwable failure) {
    if (!stopped) {
      events.broke(new ResourceException(Code.IO_ERROR, "the stream broke", failure));
    }
  }

  static ResourceException asResourceException(String doing, Exception cause) {
    return cause instanceof ResourceException known
        ? known
        : new ResourceException(Code.IO_ERROR, doing + " the file failed", cause);
  }

  /** What the user of this side is told: also what is none of the other side's business. */
  static String words(ResourceException failure) {
    Throwable cause = failure.getCause();
    return cause == null
        ? failure.getMessage()
        : "%s (%s: %s)"
            .formatted(failure.getMessage(), cause.getClass().getSimpleName(), cause.getMessage());
  }
}
