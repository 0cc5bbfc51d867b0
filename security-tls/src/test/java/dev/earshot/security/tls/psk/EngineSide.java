package dev.earshot.security.tls.psk;

import dev.earshot.spi.StreamSecurity.SecuredStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/**
 * One engine with a driver as simple as the contract allows: small buffers that grow, tasks run in
 * place. Not thread-safe.
 */
final class EngineSide implements Side {
  final SecuredStream stream;
  final SSLEngine engine;

  /** Decrypted. */
  final ByteArrayOutputStream received = new ByteArrayOutputStream();

  /** The last thing that the engine threw; null if it never did. */
  SSLException thrown;

  /** How often a call said {@code FINISHED}. */
  int finished;

  /** How many tasks were asked for. */
  int tasks;

  /** How many bytes came from the network. */
  int arrivedInAll;

  private boolean begun;
  private byte[] arrived = new byte[0];
  private final List<ByteBuffer> toSend = new ArrayList<>();

  EngineSide(SecuredStream stream) {
    this.stream = stream;
    this.engine = stream.engine();
  }

  @Override
  public void begin() {
    if (arrived.length > 0) {
      readAll();
      return;
    }
    try {
      if (!begun) {
        begun = true;
        engine.beginHandshake();
      }
    } catch (SSLException e) {
      thrown = e;
    }
  }

  void send(byte[] content) {
    toSend.add(ByteBuffer.wrap(content));
  }

  /** Bytes from the network, which the engine sees at once. */
  @Override
  public void arrive(byte[] bytes) {
    arrivedInAll += bytes.length;
    keep(bytes);
    readAll();
  }

  /** Bytes from the network, which the engine sees when the next ones arrive. */
  void keep(byte[] bytes) {
    byte[] joined = new byte[arrived.length + bytes.length];
    System.arraycopy(arrived, 0, joined, 0, arrived.length);
    System.arraycopy(bytes, 0, joined, arrived.length, bytes.length);
    arrived = joined;
  }

  /** The peer's stream has ended. */
  void end() {
    try {
      engine.closeInbound();
    } catch (SSLException e) {
      thrown = e;
    }
  }

  @Override
  public byte[] takeOutput() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int left;
    do {
      left = arrived.length;
      int before = out.size();
      wrapAll(out);
      if (out.size() > before && left > 0 && !engine.isInboundDone()) {
        readAll(); // which may have waited for that
      }
    } while (arrived.length < left);
    return out.toByteArray();
  }

  private void wrapAll(ByteArrayOutputStream out) {
    runTasks();
    ByteBuffer target = ByteBuffer.allocate(64);
    while (true) {
      ByteBuffer[] sources = toSend.toArray(new ByteBuffer[0]);
      SSLEngineResult result;
      try {
        result = engine.wrap(sources, target);
      } catch (SSLException e) {
        thrown = e;
        continue;
      }
      note(result);
      if (result.getStatus() == Status.BUFFER_OVERFLOW) {
        target = ByteBuffer.allocate(target.capacity() * 2);
        continue;
      }
      toSend.removeIf(source -> !source.hasRemaining());
      target.flip();
      byte[] made = new byte[target.remaining()];
      target.get(made);
      target.clear();
      out.writeBytes(made);
      if (made.length == 0 || result.getStatus() == Status.CLOSED) {
        return;
      }
    }
  }

  /** Goes on after what the engine has waited for. */
  void goOn() {
    readAll();
  }

  private void readAll() {
    ByteBuffer source = ByteBuffer.wrap(arrived);
    ByteBuffer target = ByteBuffer.allocate(16);
    while (true) {
      boolean hasTask = runTasks();
      SSLEngineResult result;
      try {
        result = engine.unwrap(source, target);
      } catch (SSLException e) {
        thrown = e;
        arrived = new byte[0];
        return;
      }
      note(result);
      if (result.getStatus() == Status.BUFFER_OVERFLOW) {
        target = ByteBuffer.allocate(target.capacity() * 2);
        continue;
      }
      target.flip();
      while (target.hasRemaining()) {
        received.write(target.get());
      }
      target.clear();
      boolean moved = result.bytesConsumed() > 0 || result.bytesProduced() > 0;
      if (result.getStatus() != Status.OK || (!moved && !hasTask)) {
        arrived = new byte[source.remaining()];
        source.get(arrived);
        return;
      }
    }
  }

  private boolean runTasks() {
    int before = tasks;
    for (Runnable task = engine.getDelegatedTask();
        task != null;
        task = engine.getDelegatedTask()) {
      tasks++;
      task.run();
    }
    return tasks > before;
  }

  private void note(SSLEngineResult result) {
    if (result.getHandshakeStatus() == HandshakeStatus.FINISHED) {
      finished++;
    }
  }
}
