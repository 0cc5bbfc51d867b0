package dev.earshot.security.tls.engine;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A step of a handshake that may take long, for a worker.
 *
 * <p>While it runs, nobody else touches the handshake; the engine takes over again once it is
 * {@link #done}.
 */
final class HandshakeTask implements Runnable {
  private final HandshakeRun handshake;
  private final byte[] record;
  private final AtomicBoolean given = new AtomicBoolean();
  private final AtomicBoolean started = new AtomicBoolean();

  /** Written before {@link #done}. */
  private @Nullable TlsFailure failure;

  private volatile boolean done;

  HandshakeTask(HandshakeRun handshake, byte[] record) {
    this.handshake = handshake;
    this.record = record;
  }

  @Override
  public void run() {
    if (!started.compareAndSet(false, true)) {
      return;
    }
    try {
      handshake.offer(record);
    } catch (TlsFailure e) {
      failure = e;
    } catch (Throwable e) { // else the handshake would look as if all were well
      failure = TlsFailure.internal(e);
    }
    done = true;
  }

  /** Whether nobody has been given the task; from now on somebody has. May be called anywhere. */
  boolean give() {
    return given.compareAndSet(false, true);
  }

  boolean done() {
    return done;
  }

  /** Why the step failed; null if it did not. Only once {@link #done}. */
  @Nullable TlsFailure failure() {
    return failure;
  }
}
