package dev.earshot.whole;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** A port that takes connections, through the system's backlog, and never says a word. */
final class Silence implements AutoCloseable {
  private final ServerSocket socket;

  Silence() throws IOException {
    this("127.0.0.1");
  }

  Silence(String address) throws IOException {
    socket = new ServerSocket(0, 50, InetAddress.getByName(address));
  }

  int port() {
    return socket.getLocalPort();
  }

  ServerSocket socket() {
    return socket;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
