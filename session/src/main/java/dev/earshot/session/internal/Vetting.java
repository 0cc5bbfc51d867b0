package dev.earshot.session.internal;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkClock;
import dev.earshot.NetworkException;
import dev.earshot.Security;
import dev.earshot.SecurityMetadata;
import dev.earshot.TrustEvaluator;
import dev.earshot.session.Peer;
import dev.earshot.session.PeerId;
import dev.earshot.session.internal.queue.SessionQueue;
import dev.earshot.session.internal.wire.Body;
import dev.earshot.session.internal.wire.Farewell;
import dev.earshot.session.internal.wire.Words;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Looks at the certificates of those who say hello, before anything else is done about them: so no
 * connection of a peer is given up for one who only claims to be it. On the session's queue.
 */
final class Vetting {
  /** Less than a peer is given to be welcome, so that it can be told. */
  static final Duration PATIENCE = Duration.ofSeconds(8);

  /** A welcome and some pings are all that a peer may say before it is welcome. */
  private static final int MAXIMUM_KEPT = 16;

  private final SessionOptions options;
  private final SessionQueue queue;
  private final Callbacks callbacks;
  private final Verdict verdict;

  /** What those who are being looked at have said since hello. */
  private final Map<PeerLink, Deque<Body>> kept = new HashMap<>();

  /**
   * What peers must be.
   *
   * @param asksHandler whether the user decides about each
   * @param bindsIds whether ids have to be those of keys
   */
  record Terms(boolean asksHandler, boolean bindsIds) {

    /**
     * What follows from how a session of {@code self} is secured.
     *
     * @throws IllegalArgumentException if the two do not go together
     */
    static Terms of(Security security, boolean bindsIds, PeerId self) {
      if (!(security instanceof Security.Pki pki)) {
        if (bindsIds) {
          throw new IllegalArgumentException(
              "bindPeerIds() needs certificates: security(Security.pki(identity, trust))");
        }
        return new Terms(false, false);
      }
      X509Certificate own =
          pki.identity()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "a session with certificates needs an identity:"
                              + " Security.pki(identity, trust)"))
              .certificate();
      if (!pki.clientCertificateRequired()) {
        throw new IllegalArgumentException("the peers of a session show certificates");
      }
      PeerId bound = PeerId.ofKey(own.getPublicKey());
      if (bindsIds && !bound.equals(self)) {
        throw new IllegalArgumentException(
            "bindPeerIds() needs this peer's id to be PeerId.ofKey of its identity's key, "
                + bound
                + ", not "
                + self);
      }
      return new Terms(pki.trust() instanceof TrustEvaluator.BySession, bindsIds);
    }
  }

  /** Why somebody is not let in. */
  record Refusal(Farewell farewell, NetworkException cause) {}

  /** Told once about each who was looked at and not forgotten, on the session's queue. */
  interface Verdict {
    /** The peer may go on, having said {@code said}, hello first. */
    void passed(PeerLink link, Collection<Body> said);

    /** It may not. */
    void refused(PeerLink link, Refusal why);
  }

  Vetting(SessionOptions options, SessionQueue queue, Callbacks callbacks, Verdict verdict) {
    this.options = options;
    this.queue = queue;
    this.callbacks = callbacks;
    this.verdict = verdict;
  }

  /**
   * {@code security} as connections take it. What the handler of a session decides about is let
   * through by TLS, which has seen then that the peer owns its certificate.
   */
  static Security onConnections(Security security) {
    return security instanceof Security.Pki pki && pki.trust() instanceof TrustEvaluator.BySession
        ? pki.withTrust(
            TrustEvaluator.callback(
                request -> CompletableFuture.completedStage(true), Runnable::run))
        : security;
  }

  /** Whether anybody has to be looked at. */
  boolean isNeeded() {
    return options.vetting().asksHandler() || options.vetting().bindsIds();
  }

  /** Whether somebody else's word about the peer is waited for. */
  boolean isUnderWay(PeerLink link) {
    return kept.containsKey(link);
  }

  /**
   * Keeps what a peer says while it is looked at.
   *
   * @return whether that may come so early, and so often
   */
  boolean keep(PeerLink link, Body body) {
    Deque<Body> said = kept.get(link);
    boolean early =
        body instanceof Body.Welcome
            || body instanceof Body.Ping
            || body instanceof Body.Pong
            || body instanceof Body.Unknown;
    if (said == null || !early || said.size() >= MAXIMUM_KEPT) {
      return false;
    }
    said.add(body);
    return true;
  }

  /** The connection is over: nobody is told about it any more. */
  void forget(PeerLink link) {
    kept.remove(link);
  }

  /** Looks at who has said {@code hello}. */
  void begin(PeerLink link, Body.Hello hello) {
    List<X509Certificate> chain =
        link.connection()
            .securityMetadata()
            .map(SecurityMetadata::peerCertificates)
            .orElse(List.of());
    if (options.vetting().bindsIds() && !isOwnId(hello, chain)) {
      verdict.refused(link, foreignId(link, hello));
    } else if (!options.vetting().asksHandler() || isSelf(hello)) {
      verdict.passed(link, List.of(hello));
    } else if (chain.isEmpty()) {
      verdict.refused(link, notTrusted(link, hello));
    } else {
      ask(link, hello, chain);
    }
  }

  private void ask(PeerLink link, Body.Hello hello, List<X509Certificate> chain) {
    kept.put(link, new ArrayDeque<>(List.of(hello)));
    AtomicBoolean open = new AtomicBoolean(true);
    NetworkClock.Timer timer =
        options
            .network()
            .clock()
            .schedule(PATIENCE, () -> decided(open, () -> refuse(link, tooLate(link, hello))));
    Peer peer = new Peer(hello.id(), hello.name());
    callbacks.trust(
        peer,
        chain,
        trusted -> {
          timer.cancel();
          decided(open, trusted ? () -> pass(link) : () -> refuse(link, notTrusted(link, hello)));
        });
  }

  /** Any thread. */
  private void decided(AtomicBoolean open, Runnable then) {
    if (open.compareAndSet(true, false)) {
      queue.execute(then);
    }
  }

  private void pass(PeerLink link) {
    Deque<Body> said = kept.remove(link);
    if (said != null) {
      verdict.passed(link, said);
    }
  }

  private void refuse(PeerLink link, Refusal why) {
    if (kept.remove(link) != null) {
      verdict.refused(link, why);
    }
  }

  /** Which ends by itself, whoever it is: nobody is connected with his own id. */
  private boolean isSelf(Body.Hello hello) {
    return hello.id().equals(options.self().id());
  }

  private static boolean isOwnId(Body.Hello hello, List<X509Certificate> chain) {
    return !chain.isEmpty() && PeerId.ofKey(chain.get(0).getPublicKey()).equals(hello.id());
  }

  private static Refusal foreignId(PeerLink link, Body.Hello hello) {
    return new Refusal(
        Farewell.NOT_YOUR_ID,
        failure(
            Reason.NOT_TRUSTED,
            link,
            "claims the id " + hello.id() + ", which is not that of its certificate's key"));
  }

  private static Refusal notTrusted(PeerLink link, Body.Hello hello) {
    return new Refusal(
        Farewell.NOT_TRUSTED,
        failure(Reason.NOT_TRUSTED, link, who(link, hello) + " is not trusted here"));
  }

  private static Refusal tooLate(PeerLink link, Body.Hello hello) {
    return new Refusal(
        Farewell.NOT_TRUSTED,
        failure(
            Reason.TRUST_TIMED_OUT,
            link,
            who(link, hello)
                + ": this program did not decide in time whether to trust its certificate"));
  }

  private static String who(PeerLink link, Body.Hello hello) {
    return "'"
        + Words.printable(hello.name())
        + "'"
        + link.certificate().map(print -> " with the certificate " + print).orElse("");
  }

  private static HandshakeException failure(Reason reason, PeerLink link, String what) {
    return new HandshakeException(reason, link.connection().endpoint() + ": " + what);
  }
}
