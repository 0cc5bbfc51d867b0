package dev.earshot.examples.conformance;

import dev.earshot.Payload;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * A WebSocket peer that sends what it likes, and takes nothing but what RFC 6455 allows. In either
 * role, for one thread.
 */
final class FramePeer implements AutoCloseable {
  static final int PATIENCE_MILLIS = 10_000;
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final Socket socket;
  private final DataInputStream in;
  private final boolean client;
  private String head = "";

  private FramePeer(Socket socket, boolean client) throws IOException {
    this.socket = socket;
    this.client = client;
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(PATIENCE_MILLIS);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
  }

  /** Connects to a listener and upgrades. */
  static FramePeer connect(int port) throws IOException {
    return connect(port, "");
  }

  /** The same with more header fields, each with its line end. */
  static FramePeer connect(int port, String fields) throws IOException {
    FramePeer peer = new FramePeer(new Socket(InetAddress.getLoopbackAddress(), port), true);
    peer.send(
        ("GET / HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s\r\n")
            .formatted(port, KEY, fields));
    peer.head = peer.readHead();
    if (!peer.head.startsWith("HTTP/1.1 101 ") || !peer.head.contains(answer(KEY))) {
      throw new AssertionError(peer.head);
    }
    return peer;
  }

  /** Accepts who has connected, and agrees to the upgrade. */
  static FramePeer accept(Socket accepted) throws IOException {
    return accept(accepted, "");
  }

  /** The same with more header fields, each with its line end. */
  static FramePeer accept(Socket accepted, String fields) throws IOException {
    FramePeer peer = new FramePeer(accepted, false);
    peer.head = peer.readHead();
    String key = peer.head.replaceAll("(?s).*\r\nSec-WebSocket-Key: (\\S+)\r\n.*", "$1");
    peer.send(
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: %s\r\n%s\r\n")
            .formatted(answer(key), fields));
    return peer;
  }

  private static String answer(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      return Base64.getEncoder()
          .encodeToString(sha1.digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /** The request that it got, or the response. */
  String head() {
    return head;
  }

  boolean isClient() {
    return client;
  }

  private String readHead() throws IOException {
    StringBuilder text = new StringBuilder();
    while (text.indexOf("\r\n\r\n") < 0) {
      text.append((char) in.readUnsignedByte());
    }
    return text.toString();
  }

  private void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  void send(Frame... frames) throws IOException {
    send(Frame.toByteArray(client, frames));
  }

  /** Writes so many bytes at a time. */
  void sendChopped(int size, byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += size) {
      socket.getOutputStream().write(bytes, at, Math.min(size, bytes.length - at));
    }
  }

  /** The next frame, which has to be masked as its direction wants it, and in the shortest form. */
  Frame read() throws IOException {
    int first = in.readUnsignedByte();
    int second = in.readUnsignedByte();
    require((second & 0x80) != 0 != client, "the mask bit is wrong");
    long length = second & 0x7F;
    if (length == 126) {
      length = in.readUnsignedShort();
      require(length >= 126, "not the shortest form");
    } else if (length == 127) {
      length = in.readLong();
      require(length >= 1 << 16 && length <= 1 << 25, "a length of " + length);
    }
    byte[] key = new byte[client ? 0 : 4];
    in.readFully(key);
    byte[] payload = new byte[(int) length];
    in.readFully(payload);
    for (int i = 0; !client && i < payload.length; i++) {
      payload[i] ^= key[i & 3];
    }
    return new Frame(first, Payload.wrap(payload));
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }

  /**
   * The end: RFC 6455, section 7.1.1, wants the accepting side to end TCP first. So a client waits
   * for it, and a server ends first and sees the other side follow.
   */
  void readEnd() throws IOException {
    if (!client) {
      socket.shutdownOutput();
    }
    int more = in.read();
    require(more < 0, "something after the close frame: " + more);
  }

  /** Whether nothing comes, not even the end, for so long. */
  boolean isSilentFor(int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      in.read();
      return false;
    } catch (java.net.SocketTimeoutException silence) {
      return true;
    } finally {
      socket.setSoTimeout(PATIENCE_MILLIS);
    }
  }

  /** A random run of bytes that is text in ASCII. */
  static byte[] asterisks(int length) {
    ByteBuffer text = ByteBuffer.allocate(length);
    while (text.hasRemaining()) {
      text.put((byte) '*');
    }
    return text.array();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
