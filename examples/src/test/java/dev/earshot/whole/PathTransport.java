package dev.earshot.whole;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.earshot.Identity;
import dev.earshot.Parameters;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.UdpOptions;
import dev.earshot.security.tls.Identities;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** The ways to connect that are looked at when the network changes. */
enum PathTransport {
  TCP("TCP", Parameters::tcp),
  WEB_SOCKET("WebSocket", Parameters::webSocket),
  WEB_SOCKET_PSK("WebSocket, PSK", () -> Parameters.webSocket().security(key())),
  UDP("UDP", () -> Parameters.udp(manyFlows())),
  UDP_PSK("UDP, PSK", () -> Parameters.udp(manyFlows()).security(key())),

  /** One stream in a group of its own. */
  QUIC("QUIC", () -> Parameters.quic("witness").security(certificate()));

  private static final int FIRST_PORT = 7_001;

  private final String title;
  private final Supplier<Parameters.Builder> parameters;

  PathTransport(String title, Supplier<Parameters.Builder> parameters) {
    this.title = title;
    this.parameters = parameters;
  }

  private static UdpOptions manyFlows() {
    return UdpOptions.builder().maximumFlows(4_096, 4_096).build();
  }

  private static Security key() {
    return Security.psk(
        PreSharedKey.of("witness", "a key of thirty-two bytes, really".getBytes(UTF_8)));
  }

  /** One for each process; whoever has one is trusted. */
  private static Security certificate() {
    return Security.pki(
        Own.IDENTITY,
        TrustEvaluator.callback(request -> CompletableFuture.completedFuture(true), Runnable::run));
  }

  String title() {
    return title;
  }

  int port() {
    return FIRST_PORT + ordinal();
  }

  boolean isTcp() {
    return this != UDP && this != UDP_PSK && this != QUIC;
  }

  /** Whether what is sent arrives, sooner or later, unless the connection fails. */
  boolean isReliable() {
    return isTcp() || this == QUIC;
  }

  /** The most bytes of heap that one end of an idle connection holds. */
  long mostHeap() {
    return switch (this) {
      case TCP, WEB_SOCKET, UDP -> 4 << 10;
      case WEB_SOCKET_PSK -> 7 << 10;
      case UDP_PSK -> 8 << 10;
      case QUIC -> 16 << 10;
    };
  }

  Parameters.Builder parameters() {
    return parameters.get();
  }

  private static final class Own {
    static final Identity IDENTITY = Identities.mint("Witness");
  }
}
