package dev.earshot.session.internal;

import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.internal.wire.Body;
import dev.earshot.session.internal.wire.Versions;
import java.time.Duration;
import java.util.Set;

/**
 * What a {@link MeshMachine} goes by. Immutable.
 *
 * @param self this peer
 * @param incarnation which run of it this is
 * @param automatic whether it dials whom it finds
 * @param maximumPeers how many peers it has at most
 * @param maximumMessage the largest message that it reads, in bytes
 * @param connectTimeout how long an attempt to connect may take
 * @param peerTimeout how long a silent peer is taken to live
 */
record MeshSettings(
    Peer self,
    long incarnation,
    boolean automatic,
    int maximumPeers,
    int maximumMessage,
    Duration connectTimeout,
    Duration peerTimeout) {
  /** That it sends and receives files. */
  static final String RESOURCES = "resources";

  /** How long two peers may take to settle that a connection is the one. */
  static final Duration HANDSHAKE = Duration.ofSeconds(10);

  /** How long a connection that is in use may take to answer when a newcomer is there. */
  static final Duration CHECK = Duration.ofSeconds(2);

  /** How long the deciding side waits at least for its own dial when the other's is through. */
  static final Duration OWN_DIAL = Duration.ofSeconds(1);

  /** How long it waits at most, for a dial that has taken longer than that already. */
  static final Duration SLOW_OWN_DIAL = Duration.ofSeconds(3);

  /** How long the larger id waits for the smaller one to dial, which may not see it. */
  static final Duration POLITE = Duration.ofSeconds(1);

  /** How long a peer that says it has another connection with us may take to show it. */
  static final Duration OTHER_CONNECTION = Duration.ofSeconds(3);

  /** Accepted connections on which it is not settled who is there. */
  static final int MAXIMUM_UNSETTLED = 256;

  PeerId id() {
    return self.id();
  }

  Body.Hello hello() {
    return new Body.Hello(
        self.id(),
        self.displayName(),
        Versions.SPOKEN,
        Set.of(RESOURCES),
        incarnation,
        maximumMessage);
  }
}
