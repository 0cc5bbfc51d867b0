package dev.earshot.security.tls.pki;

import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.spi.StreamSecurity.Pause;
import dev.earshot.spi.StreamSecurity.SecuredStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/** One engine, driven as a transport does it, with bytes in memory. Not thread-safe. */
final class PkiSide {
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  final SecuredStream stream;
  final SSLEngine engine;

  /** What the engine threw, as a user is told. */
  NetworkException failure;

  boolean finished;

  /** Set while a decision is waited for. */
  Pause pause;

  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private byte[] arrived = new byte[0];
  private byte[] output = new byte[0];

  PkiSide(SecuredStream stream) {
    this.stream = stream;
    this.engine = stream.engine();
  }

  void begin() {
    guarded(engine::beginHandshake);
    proceed();
  }

  void arrive(byte[] bytes) {
    arrived = joined(arrived, bytes);
    proceed();
  }

  byte[] takeOutput() {
    byte[] taken = output;
    output = new byte[0];
    return taken;
  }

  /** Sends, once the handshake is over. */
  void send(String text) {
    ByteBuffer source = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    guarded(() -> wrap(source));
  }

  String received() {
    return received.toString(StandardCharsets.UTF_8);
  }

  /** The peer's stream has ended. */
  void end() {
    guarded(engine::closeInbound);
    drain();
  }

  /** Why it failed; fails if it did not, or not in the handshake. */
  HandshakeException handshakeFailure() {
    if (failure instanceof HandshakeException found) {
      return found;
    }
    throw new AssertionError("no failed handshake, but " + failure);
  }

  /** Goes as far as it can. */
  void proceed() {
    boolean moved = true;
    while (moved && failure == null) {
      moved = step();
    }
    drain();
  }

  private boolean step() {
    HandshakeStatus status = engine.getHandshakeStatus();
    if (status == HandshakeStatus.NEED_TASK) {
      return task();
    }
    pause = null;
    if (status == HandshakeStatus.NEED_WRAP) {
      return guarded(() -> wrap(NOTHING));
    }
    int before = arrived.length;
    guarded(this::unwrap);
    return arrived.length < before || engine.getHandshakeStatus() != status;
  }

  private boolean task() {
    Runnable task = engine.getDelegatedTask();
    if (task != null) {
      task.run();
      return true;
    }
    pause = stream.pause();
    return pause == null;
  }

  private void unwrap() throws SSLException {
    ByteBuffer source = ByteBuffer.wrap(arrived);
    ByteBuffer target = ByteBuffer.allocate(1 << 15);
    SSLEngineResult result = engine.unwrap(source, target);
    finished |= result.getHandshakeStatus() == HandshakeStatus.FINISHED;
    received.write(target.array(), 0, target.position());
    arrived = Arrays.copyOfRange(arrived, source.position(), arrived.length);
  }

  private void wrap(ByteBuffer source) throws SSLException {
    ByteBuffer target = ByteBuffer.allocate(1 << 17);
    SSLEngineResult result = engine.wrap(source, target);
    finished |= result.getHandshakeStatus() == HandshakeStatus.FINISHED;
    output = joined(output, Arrays.copyOf(target.array(), target.position()));
  }

  /** The alert that is left, as a transport sends it before it closes. */
  private void drain() {
    if (failure == null) {
      return;
    }
    try {
      ByteBuffer target = ByteBuffer.allocate(1 << 17);
      SSLEngineResult result = engine.wrap(NOTHING, target);
      while (result.getStatus() == Status.OK && result.bytesProduced() > 0) {
        result = engine.wrap(NOTHING, target);
      }
      output = joined(output, Arrays.copyOf(target.array(), target.position()));
    } catch (SSLException e) {
      throw new AssertionError(e);
    }
  }

  private boolean guarded(Throwing action) {
    try {
      action.run();
      return true;
    } catch (SSLException e) {
      if (failure == null) {
        failure = stream.explain(e);
      }
      return false;
    }
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  /** What may fail as engines do. */
  private interface Throwing {
    void run() throws SSLException;
  }
}
