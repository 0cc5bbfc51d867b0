package dev.earshot.security.tls.engine;

import dev.earshot.HandshakeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionStage;
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

  private static final byte[] NOTHING = new byte[0];

  private final HandshakeRole role;
  private @Nullable TlsProtocol protocol;
  private int input;

  /** Whether what the last step has made may not be sent yet, since the peer is being judged. */
  private boolean withholding;

  /** Whether the protocol failed, upon which it says so to the peer if it can. */
  private boolean protocolFailed;

  /** A step that waits for an answer; while there is one, no other is taken. */
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

  /** Takes a step with {@code record}: now, or when what it needs is known. */
  void step(byte[] record) throws TlsFailure {
    count(record);
    Question question = role.question(record);
    if (question == null) {
      offer(record);
    } else {
      task = new HandshakeTask(question, record);
    }
  }

  /** Whether a step waits. */
  boolean busy() {
    return task != null;
  }

  /** The task for a worker, once; null if there is none. May be called on any thread. */
  @Nullable HandshakeTask giveTask() {
    HandshakeTask waiting = task;
    return waiting != null && waiting.give() ? waiting : null;
  }

  /** Done when the step that waits can be taken; null if none waits. May be called anywhere. */
  @Nullable CompletionStage<Void> waiting() {
    HandshakeTask current = task;
    return current == null ? null : current.over();
  }

  /**
   * Takes the step that waited if it need not wait any longer, and says so.
   *
   * @throws TlsFailure if the step failed
   */
  boolean takeOver() throws TlsFailure {
    HandshakeTask waited = task;
    if (waited == null || !waited.isOver()) {
      return false;
    }
    task = null;
    byte[] record = waited.requireAsked();
    if (withholding) {
      TlsFailure refusal = role.refusal();
      if (refusal != null) {
        throw refusal;
      }
      withholding = false;
    } else {
      offer(record);
    }
    return true;
  }

  /** Begins to wait, after a step, for a decision about the peer if one is needed now. */
  boolean awaitsVerdict() {
    boolean decisive = role.complete() || running().getAvailableOutputBytes() > 0;
    Question verdict = decisive ? role.verdict() : null;
    if (verdict != null) {
      withholding = true;
      task = new HandshakeTask(verdict, NOTHING);
    }
    return verdict != null;
  }

  /** Whether there is something that may not be sent, since the peer was not accepted. */
  boolean isWithholding() {
    return withholding;
  }

  /** Whether the protocol failed by itself, and will have told the peer if it has any output. */
  boolean hasProtocolFailed() {
    return protocolFailed;
  }

  private void count(byte[] record) throws TlsFailure {
    input += record.length;
    if (input > MAXIMUM_INPUT) {
      throw TlsFailure.handshake(
          HandshakeException.Reason.PROTOCOL_ERROR,
          AlertDescription.unexpected_message,
          "the handshake is longer than " + MAXIMUM_INPUT + " bytes",
          null);
    }
  }

  private void offer(byte[] record) throws TlsFailure {
    try {
      running().offerInput(record);
    } catch (IOException e) {
      protocolFailed = true;
      throw role.failure(e, record);
    } catch (RuntimeException e) {
      protocolFailed = true;
      throw TlsFailure.internal(e);
    }
  }

  /** Moves what is to be sent to {@code outbox}, and says whether there was something. */
  boolean drainTo(Outbox outbox) {
    if (protocol == null) {
      return false;
    }
    boolean some = protocol.getAvailableOutputBytes() > 0;
    for (int n = protocol.previewOutputRecord(); n > 0; n = protocol.previewOutputRecord()) {
      byte[] record = new byte[n];
      protocol.readOutput(record, 0, n);
      outbox.add(record);
    }
    return some;
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
