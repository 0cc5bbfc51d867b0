package dev.earshot;

import java.util.Objects;
import java.util.Optional;

/**
 * What a connection speaks above the network, and so whether it carries messages or bytes.
 * Immutable.
 *
 * <p>More protocols may be added: code that distinguishes them should have a branch for the rest.
 */
public sealed interface Protocol
    permits Protocol.Tcp, Protocol.WebSocket, Protocol.Udp, Protocol.Quic {

  /** Whether it keeps the boundaries of messages. */
  boolean isMessageBased();

  /** The second label that a service type has which stands for it (RFC 6763, section 4.1.2). */
  default ServiceType.Transport serviceTransport() {
    return ServiceType.Transport.TCP;
  }

  /**
   * A stream of bytes (RFC 9293).
   *
   * @param upgrade the HTTP/1.1 upgrade that the connecting side asks for before the first byte, so
   *     that the stream can share a WebSocket listener's port; ignored by a listener
   */
  record Tcp(Optional<HttpUpgrade> upgrade) implements Protocol {
    /** Plain bytes from the first one on. */
    public static final Tcp PLAIN = new Tcp(Optional.empty());

    /** Checks that there is a value. */
    public Tcp {
      Objects.requireNonNull(upgrade, "upgrade");
    }

    /** Bytes after an HTTP/1.1 upgrade. */
    public static Tcp upgradedTo(HttpUpgrade upgrade) {
      return new Tcp(Optional.of(upgrade));
    }

    @Override
    public boolean isMessageBased() {
      return false;
    }
  }

  /**
   * Messages over TCP (RFC 6455, version 13).
   *
   * @param options its options
   */
  record WebSocket(WebSocketOptions options) implements Protocol {
    /** Checks that there are options. */
    public WebSocket {
      Objects.requireNonNull(options, "options");
    }

    @Override
    public boolean isMessageBased() {
      return true;
    }
  }

  /**
   * Datagrams (RFC 768), one a message: each arrives whole or not at all, perhaps twice or out of
   * order.
   *
   * @param options its options
   */
  record Udp(UdpOptions options) implements Protocol {
    /** Checks that there are options. */
    public Udp {
      Objects.requireNonNull(options, "options");
    }

    @Override
    public boolean isMessageBased() {
      return true;
    }

    @Override
    public ServiceType.Transport serviceTransport() {
      return ServiceType.Transport.UDP;
    }
  }

  /**
   * Streams of bytes, and datagrams, under one handshake (RFC 9000): a {@link ConnectionGroup}. As
   * a {@link Connection} it is a group's first stream by itself.
   *
   * @param options its options
   */
  record Quic(QuicOptions options) implements Protocol {
    /** Checks that there are options. */
    public Quic {
      Objects.requireNonNull(options, "options");
    }

    @Override
    public boolean isMessageBased() {
      return false;
    }

    @Override
    public ServiceType.Transport serviceTransport() {
      return ServiceType.Transport.UDP;
    }
  }
}
