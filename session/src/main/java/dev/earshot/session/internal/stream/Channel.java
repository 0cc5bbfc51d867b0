package dev.earshot.session.internal.stream;

import dev.earshot.Fingerprint;
import dev.earshot.session.Peer;
import dev.earshot.session.internal.wire.Body;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The reliable connection with a peer, as streams and files see it. On the session's queue.
 *
 * <p>It is open from when it is handed out until its end is told.
 */
public interface Channel {
  /** Who is there. */
  Peer peer();

  /** Whether this side dialled it, and so dials side streams too. */
  boolean isDialled();

  /** Whether the peer sends and receives files. */
  boolean takesResources();

  /** Where the peer is, as this connection reaches it. */
  Optional<InetSocketAddress> remote();

  /** The fingerprint of the peer's certificate, if it has shown one. */
  Optional<Fingerprint> certificate();

  /** Sends an envelope. */
  void say(Body body);

  /** Takes note that the peer broke the rules: ends it. */
  void violation(String what);
}
