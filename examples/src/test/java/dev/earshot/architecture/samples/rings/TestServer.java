package dev.earshot.architecture.samples.rings;

import java.io.IOException;
import java.net.ServerSocket;

/** Breaks nothing: what a network test uses may hold a socket. */
final class TestServer {
  int port() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
