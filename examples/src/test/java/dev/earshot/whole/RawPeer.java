package dev.earshot.whole;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A peer that does with a socket what it likes. For one thread. */
final class RawPeer implements AutoCloseable {
  private static final int MOST = 1 << 20;
  private static final byte[] MASK = {1, 2, 3, 4};

  private final Socket socket;

  RawPeer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout((int) Eventually.PATIENCE.toMillis());
  }

  static RawPeer connect(int port) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(64 << 10);
    socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
    return new RawPeer(socket);
  }

  /** A request to upgrade to WebSocket, as text. */
  static String request() {
    return "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  }

  /** Upgrades to WebSocket. */
  RawPeer upgrade() throws IOException {
    send(request());
    String head = head();
    if (!head.startsWith("HTTP/1.1 101 ")) {
      throw new AssertionError(head);
    }
    return this;
  }

  /** Reads up to the empty line that ends an HTTP head. */
  String head() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        throw new IOException("ended within a head: " + head);
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /** Waits for the first byte of what the other side sends. */
  void awaitByte() throws IOException {
    if (socket.getInputStream().read() < 0) {
      throw new IOException("ended before the first byte");
    }
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Writes for as long as the other side takes it, at most {@code limit} bytes. */
  long flood(byte[] bytes, long limit) {
    long sent = 0;
    try {
      while (sent < limit) {
        socket.getOutputStream().write(bytes);
        sent += bytes.length;
      }
    } catch (IOException refused) {
      return sent; // that is what was to be found out
    }
    return sent;
  }

  /** A masked frame with a short payload. */
  static byte[] frame(int firstByte, byte[] payload) {
    if (payload.length > 125) {
      throw new IllegalArgumentException("too long for a short frame");
    }
    byte[] frame = new byte[6 + payload.length];
    frame[0] = (byte) firstByte;
    frame[1] = (byte) (0x80 | payload.length);
    System.arraycopy(MASK, 0, frame, 2, MASK.length);
    for (int i = 0; i < payload.length; i++) {
      frame[6 + i] = (byte) (payload[i] ^ MASK[i % MASK.length]);
    }
    return frame;
  }

  /** All that the other side sends until its end, or until it resets. */
  byte[] readToEnd() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] part = new byte[8 << 10];
    InputStream in = socket.getInputStream();
    try {
      for (int count = in.read(part); count >= 0 && all.size() < MOST; count = in.read(part)) {
        all.write(part, 0, count);
      }
    } catch (java.net.SocketException reset) {
      return all.toByteArray();
    }
    return all.toByteArray();
  }

  /** One frame of the other side's, unmasked and short: its first byte, then its payload. */
  byte[] readFrame() throws IOException {
    InputStream in = socket.getInputStream();
    int first = in.read();
    int length = in.read();
    if (length < 0 || length > 125) {
      throw new IOException("no short frame: " + first + ", " + length);
    }
    byte[] frame = new byte[1 + length];
    frame[0] = (byte) first;
    if (in.readNBytes(frame, 1, length) < length) {
      throw new IOException("ended within a frame");
    }
    return frame;
  }

  /** Ends the output, reads on. */
  void finish() throws IOException {
    socket.shutdownOutput();
  }

  /** Ends it by a reset. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
