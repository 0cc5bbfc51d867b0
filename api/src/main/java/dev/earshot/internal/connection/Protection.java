package dev.earshot.internal.connection;

import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.PeerTrust;
import dev.earshot.spi.StreamSecurity;
import java.util.Optional;

/**
 * How a connection is protected: the one that fits its protocol, or none. Immutable.
 *
 * @param streams for protocols over TCP
 * @param datagrams for UDP
 * @param trust for protocols that protect themselves
 */
public record Protection(
    Optional<StreamSecurity> streams,
    Optional<DatagramSecurity> datagrams,
    Optional<PeerTrust> trust) {
  /** Not at all. */
  public static final Protection NONE =
      new Protection(Optional.empty(), Optional.empty(), Optional.empty());

  /** For protocols over TCP. */
  public static Protection of(StreamSecurity security) {
    return new Protection(Optional.of(security), Optional.empty(), Optional.empty());
  }

  /** For UDP. */
  public static Protection of(DatagramSecurity security) {
    return new Protection(Optional.empty(), Optional.of(security), Optional.empty());
  }

  /** For QUIC. */
  public static Protection of(PeerTrust trust) {
    return new Protection(Optional.empty(), Optional.empty(), Optional.of(trust));
  }
}
