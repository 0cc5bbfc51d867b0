package dev.earshot.session;

import dev.earshot.NetworkException;
import java.util.Optional;

/** How a session stands with a peer. More states may be added. Immutable. */
public sealed interface PeerState {
  /** A connection with it is coming about. */
  record Connecting() implements PeerState {}

  /** Messages and files can be exchanged. */
  record Connected() implements PeerState {}

  /**
   * Not connected any more, or not come about.
   *
   * @param cause why; empty if either side said goodbye
   */
  record Disconnected(Optional<NetworkException> cause) implements PeerState {}
}
