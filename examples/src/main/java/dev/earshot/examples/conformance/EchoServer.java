package dev.earshot.examples.conformance;

import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;

/** A WebSocket listener that echoes every message, with the library's defaults. */
public final class EchoServer {
  static final Parameters PARAMETERS = Parameters.webSocket().build();
  private static final int PORT = 9001;

  private EchoServer() {}

  /** Listens on the port that is the first argument, 9001 without one, until it is killed. */
  public static void main(String[] arguments) {
    int port = arguments.length == 0 ? PORT : Integer.parseInt(arguments[0]);
    try (Network network = Network.open()) {
      Listener listener = listen(network, InetAddress.getLoopbackAddress(), port);
      listener.ready().join();
      System.out.println("echoing on " + listener.port().orElseThrow());
      new CompletableFuture<Void>().join();
    }
  }

  /** A listener at {@code address}, started. */
  static Listener listen(Network network, InetAddress address, int port) {
    Parameters here = PARAMETERS.toBuilder().localAddress(address).localPort(port).build();
    return network
        .listener(here)
        .start((listener, connection) -> Echo.on(connection.start()), Runnable::run);
  }
}
