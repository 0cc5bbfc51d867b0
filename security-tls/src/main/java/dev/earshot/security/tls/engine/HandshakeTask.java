package dev.earshot.security.tls.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A record of a handshake that waits for the answer to a question, which a worker asks and no
 * thread waits for.
 */
final class HandshakeTask implements Runnable {
  private final Question question;
  private final byte[] record;
  private final AtomicBoolean given = new AtomicBoolean();
  private final AtomicBoolean started = new AtomicBoolean();

  /** The answer is there, or asking failed and there will be none. */
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  HandshakeTask(Question question, byte[] record) {
    this.question = question;
    this.record = record;
    question.answered().thenAccept(over::complete);
  }

  @Override
  public void run() {
    if (!started.compareAndSet(false, true)) {
      return;
    }
    try {
      question.ask();
    } catch (Throwable e) { // else nothing would ever come of it
      over.completeExceptionally(e);
    }
  }

  /** Whether nobody has been given the task; from now on somebody has. May be called anywhere. */
  boolean give() {
    return given.compareAndSet(false, true);
  }

  /** Done when the record can be taken or {@link #requireAsked} throws; never fails. */
  CompletionStage<Void> over() {
    return over.handle((answer, error) -> answer);
  }

  boolean isOver() {
    return over.isDone();
  }

  /**
   * What has waited. Only once {@link #isOver}.
   *
   * @throws TlsFailure if asking failed
   */
  byte[] requireAsked() throws TlsFailure {
    try {
      over.join();
    } catch (RuntimeException e) {
      throw TlsFailure.internal(e.getCause() == null ? e : e.getCause());
    }
    return record;
  }
}
