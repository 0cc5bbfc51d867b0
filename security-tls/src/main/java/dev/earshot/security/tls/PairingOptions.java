package dev.earshot.security.tls;

import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.WebSocketOptions;
import dev.earshot.security.tls.pairing.Card;
import dev.earshot.security.tls.pairing.Message;
import java.time.Duration;
import java.util.Optional;

/**
 * How this side pairs. Immutable; each method returns other options.
 *
 * <p>{@code PairingOptions.named("Den").link(network.link("lo"))}
 */
public final class PairingOptions {
  private static final Duration TO_REACH = Duration.ofSeconds(15);

  /** Half of what is usual: who does not come on holds up others while there are few places. */
  private static final Duration HANDSHAKE = Duration.ofSeconds(5);

  private static final int HANDSHAKES = 32;
  private static final int HANDSHAKES_PER_ADDRESS = 8;

  private final Card self;
  private final Optional<NetworkLink> link;
  private final int port;
  private final boolean advertising;

  private PairingOptions(Card self, Optional<NetworkLink> link, int port, boolean advertising) {
    this.self = self;
    this.link = link;
    this.port = port;
    this.advertising = advertising;
  }

  /**
   * Options with a name that the other side is told, once both have proved to know the code.
   *
   * @throws IllegalArgumentException unless it has 1 to 63 bytes of UTF-8 and no control characters
   */
  public static PairingOptions named(String name) {
    return new PairingOptions(new Card(name), Optional.empty(), 0, true);
  }

  /** Uses this link only; any by default. */
  public PairingOptions link(NetworkLink only) {
    return new PairingOptions(self, Optional.of(only), port, advertising);
  }

  /** Listens on this port, for the side that shows the code; one that is free by default. */
  public PairingOptions port(int number) {
    return new PairingOptions(self, link, number, advertising);
  }

  /**
   * Does not advertise by Bonjour, so that the other side must be told host and port. By default
   * the side that shows the code advertises {@link Pairing#SERVICE_TYPE} under its name, to
   * everybody on the network, for as long as the code is shown.
   */
  public PairingOptions withoutAdvertising() {
    return new PairingOptions(self, link, port, false);
  }

  /** The name that the other side is told. */
  public String name() {
    return self.name();
  }

  Card self() {
    return self;
  }

  boolean isAdvertising() {
    return advertising;
  }

  /** Unprotected on purpose: what is said protects itself. */
  Parameters parameters() {
    WebSocketOptions socket =
        WebSocketOptions.builder()
            .maximumMessageSize(Message.MAXIMUM_BYTES)
            .maximumFragments(8)
            .build();
    Parameters.Builder builder =
        Parameters.webSocket(socket)
            .receiveBuffer(Message.MAXIMUM_BYTES)
            .establishmentTimeout(TO_REACH)
            .handshakeTimeout(HANDSHAKE)
            .maximumHandshakes(HANDSHAKES, HANDSHAKES_PER_ADDRESS)
            .localPort(port);
    link.ifPresent(builder::requireLink);
    return builder.build();
  }

  @Override
  public String toString() {
    return "PairingOptions[" + name() + "]";
  }
}
