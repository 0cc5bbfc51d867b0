package dev.earshot.security.tls.dtls;

import dev.earshot.NetworkException;
import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.record.DatagramProtection;
import java.util.Optional;

/**
 * One side of a handshake: takes whole messages in order, and says what follows. Called on the
 * flow's loop.
 */
interface HandshakeSide {

  /** Begins: a client says hello, a server waits for it. */
  void begin() throws DtlsFailure;

  /** How many bytes a message of the peer's may have. */
  int longestMessage();

  /** Takes the peer's next message. */
  void message(HandshakeMessage message) throws DtlsFailure;

  /** Takes note of a protected record of the peer's that cannot be read, though there are keys. */
  void unreadable(byte[] datagram, int record, int length);

  /** What the peer's alert means. */
  DtlsFailure received(int alert);

  /** Why it takes so long, as far as can be guessed. */
  Optional<NetworkException> suspicion(String peer);

  /** It is over, one way or the other: secrets are overwritten. */
  void release();

  /** What a handshake does to its flow. */
  interface Line {
    /** Sends {@code flight} and repeats it until the peer answers. */
    void send(Flight flight);

    /** From now on records of epoch 1 can be read and written. */
    void keys(DatagramProtection protection);

    /** It is over, and well; what was sent last is repeated only when asked for. */
    void done(SecurityMetadata metadata);

    /** It failed outside {@link #message}. */
    void failed(DtlsFailure failure);
  }
}
