package dev.earshot.security.tls.psk;

import dev.earshot.spi.StreamSecurity.SecuredStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;

/** A socket with an engine over it, driven by one thread that blocks. */
public final class BlockingTls implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 20_000;

  public final SecuredStream stream;
  private final Socket socket;
  private final SSLEngine engine;
  private final ByteBuffer out;
  private final ByteBuffer in;
  private final ByteBuffer content;

  /** The longest record that was sent, header included. */
  private int longestRecord;

  public BlockingTls(Socket socket, SecuredStream stream) throws IOException {
    this.socket = socket;
    this.stream = stream;
    this.engine = stream.engine();
    this.out = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    this.in = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
    this.content = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
    in.flip();
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
  }

  /** Shakes hands; on failure the alert is sent before the failure is thrown. */
  public BlockingTls handshake() throws IOException {
    engine.beginHandshake();
    while (true) {
      HandshakeStatus status = engine.getHandshakeStatus();
      switch (status) {
        case NEED_WRAP:
          wrap(ByteBuffer.allocate(0));
          break;
        case NEED_TASK:
          Runnable task = engine.getDelegatedTask();
          if (task == null) {
            stream.pause().over().toCompletableFuture().join();
          } else {
            task.run();
          }
          break;
        case NEED_UNWRAP:
          unwrap();
          break;
        default:
          return this;
      }
    }
  }

  public void write(byte[] bytes) throws IOException {
    ByteBuffer source = ByteBuffer.wrap(bytes);
    while (source.hasRemaining()) {
      wrap(source);
    }
  }

  /** Some content; null at the end of the stream. */
  public byte[] read() throws IOException {
    content.clear();
    while (content.position() == 0) {
      if (engine.isInboundDone()) {
        return null;
      }
      unwrap();
      if (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
        wrap(ByteBuffer.allocate(0));
      }
    }
    byte[] bytes = new byte[content.flip().remaining()];
    content.get(bytes);
    return bytes;
  }

  public byte[] read(int length) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (all.size() < length) {
      byte[] some = read();
      if (some == null) {
        break;
      }
      all.writeBytes(some);
    }
    return all.toByteArray();
  }

  /** Reads one record that has no content. */
  void readControl() throws IOException {
    content.clear();
    while (unwrap() == 0) {
      // until a record is whole
    }
    if (content.position() > 0) {
      throw new IOException("content where a control record was expected");
    }
  }

  /** Says farewell; reading goes on. */
  public void finish() throws IOException {
    engine.closeOutbound();
    while (!engine.isOutboundDone()) {
      wrap(ByteBuffer.allocate(0));
    }
  }

  public int longestRecord() {
    return longestRecord;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void wrap(ByteBuffer source) throws IOException {
    out.clear();
    engine.wrap(source, out);
    out.flip();
    for (int at = 0; at < out.limit(); ) {
      int length = 5 + (out.getShort(at + 3) & 0xFFFF);
      longestRecord = Math.max(longestRecord, length);
      at += length;
    }
    socket.getOutputStream().write(out.array(), 0, out.limit());
  }

  /** The bytes of the record that was read, or 0 if one has yet to arrive. */
  private int unwrap() throws IOException {
    SSLEngineResult result;
    try {
      result = engine.unwrap(in, content);
    } catch (SSLException e) {
      while (!engine.isOutboundDone()) {
        wrap(ByteBuffer.allocate(0));
      }
      socket.shutdownOutput();
      throw e;
    }
    if (result.getStatus() == Status.BUFFER_UNDERFLOW) {
      in.compact();
      int got = socket.getInputStream().read(in.array(), in.position(), in.remaining());
      if (got >= 0) {
        in.position(in.position() + got);
      }
      in.flip();
      if (got < 0) {
        engine.closeInbound();
      }
    }
    return result.bytesConsumed();
  }
}
