package dev.earshot.transport.netty;

import dev.earshot.HandshakeException;
import dev.earshot.NetworkPath;
import dev.earshot.QuicOptions;
import dev.earshot.UnreachableException;
import dev.earshot.spi.PeerTrust;
import java.util.concurrent.Executor;

/**
 * What is known of a QUIC connection from its beginning.
 *
 * @param path where it goes
 * @param peer the other side, for messages
 * @param options how QUIC behaves
 * @param judgement who decides about the peer
 * @param workers runs what may block
 * @param ended called on the loop when the engine has let go of it, once or more
 */
record QuicFacts(
    NetworkPath path,
    String peer,
    QuicOptions options,
    QuicJudgement judgement,
    Executor workers,
    Runnable ended) {

  /** This side does not trust the peer. */
  HandshakeException refused(PeerTrust.Refusal refusal) {
    return QuicErrors.failure(refusal.reason(), peer, refusal.words(), null);
  }

  /** Nobody has said anything. */
  UnreachableException unanswered() {
    return new UnreachableException("connecting to " + peer + ": no answer");
  }
}
