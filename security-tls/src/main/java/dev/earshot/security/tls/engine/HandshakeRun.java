package dev.earshot.security.tls.engine;

import dev.earshot.HandshakeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsProtocol;
import org.jspecify.annotations.Nullable;

/**
 * A handshake on its way: records in, records out. Used by one thread at a time.
 *
 * <p>Everything a peer sends before it has proved anything is counted, whatever it is, so that
 * neither memory nor work grows without bound.
 */
final class HandshakeRun {
  /** In bytes. One-byte fragments of all messages that our suites have fit four times over. */
  private static final int MAXIMUM_INPUT = 1 << 16;

  private final HandshakeRole role;
  private @Nullable TlsProtocol protocol;
  private int input;

  /** A step that a worker does; while there is one, nothing else here is touched. */
  private volatile @Nullable HandshakeTask task;

  HandshakeRun(HandshakeRole role) {
    this.role = role;
  }

  void begin() throws TlsFailure {
    try {
      protocol = role.begin();
    } catch (TlsFailure e) {
      throw e;
    } catch (IOException e) {
      throw role.failure(e, new byte[0]);
    } catch (RuntimeException e) {
      throw TlsFailure.internal(e);
    }
  }

  /** Whether anything has arrived that looked like TLS. */
  boolean hasInput() {
    return input > 0;
  }

  /** Takes a step with {@code record}: here, or by a task if that may take long. */
  void step(byte[] record) throws TlsFailure {
    if (role.mayBlock()) {
      task = new HandshakeTask(this, record);
    } else {
      offer(record);
    }
  }

  /** Whether a step by a task is under way, or has ended and was not taken over. */
  boolean busy() {
    return task != null;
  }

  /** The task for a worker, once; null if there is none. May be called on any thread. */
  @Nullable HandshakeTask giveTask() {
    HandshakeTask waiting = task;
    return waiting != null && waiting.give() ? waiting : null;
  }

  /**
   * Says whether a step by a task has ended, once for each.
   *
   * @throws TlsFailure if the step failed
   */
  boolean takeOver() throws TlsFailure {
    HandshakeTask finished = task;
    if (finished == null || !finished.done()) {
      return false;
    }
    task = null;
    TlsFailure failure = finished.failure();
    if (failure != null) {
      throw failure;
    }
    return true;
  }

  /** What a step does. */
  void offer(byte[] record) throws TlsFailure {
    input += record.length;
    if (input > MAXIMUM_INPUT) {
      throw TlsFailure.handshake(
          HandshakeException.Reason.PROTOCOL_ERROR,
          AlertDescription.unexpected_message,
          "the handshake is longer than " + MAXIMUM_INPUT + " bytes",
          null);
    }
    try {
      running().offerInput(record);
    } catch (IOException e) {
      throw role.failure(e, record);
    } catch (RuntimeException e) {
      throw TlsFailure.internal(e);
    }
  }

  /** Moves what is to be sent to {@code outbox}. */
  void drainTo(Outbox outbox) {
    if (protocol == null) {
      return;
    }
    for (int n = protocol.previewOutputRecord(); n > 0; n = protocol.previewOutputRecord()) {
      byte[] record = new byte[n];
      protocol.readOutput(record, 0, n);
      outbox.add(record);
    }
  }

  /** Says farewell in whatever state this is, if the peer would understand it. */
  void close() {
    if (protocol != null) {
      try {
        protocol.close();
      } catch (IOException e) {
        throw new UncheckedIOException("writing to memory", e);
      }
    }
  }

  private TlsProtocol running() {
    if (protocol == null) {
      throw new IllegalStateException("the handshake has not begun");
    }
    return protocol;
  }
}
