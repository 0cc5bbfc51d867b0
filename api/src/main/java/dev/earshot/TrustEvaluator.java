package dev.earshot;

import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * Who decides whether a peer's certificate is trusted. Immutable; shared by any number of
 * connections.
 *
 * <p>Whoever decides, some things are checked first: that the peer owns the key of its certificate,
 * that the certificate's dates hold now, and that no key or signature of the chain is weak (RSA
 * below 2048 bits, curves below 256 bits, SHA-1, MD5). No evaluator can let those through.
 *
 * <p>{@link #system} is what applies unless another is given; giving another is what turns the
 * platform's evaluation off. More kinds may be added: code that distinguishes them should have a
 * branch for the rest.
 */
public sealed interface TrustEvaluator
    permits TrustEvaluator.Platform,
        TrustEvaluator.Pinned,
        TrustEvaluator.Callback,
        TrustEvaluator.BySession {

  /**
   * The certificate authorities of the Java platform decide, and on the connecting side the name:
   * if the endpoint is a host, the certificate has to be made out to that name or address (RFC
   * 9525); the name of a Bonjour service is not looked for. Revocation is not asked after.
   */
  static TrustEvaluator system() {
    return Platform.INSTANCE;
  }

  /**
   * The peer's own certificate has to have one of these fingerprints, of itself or of its key.
   * Neither names nor who signed it matter.
   */
  static TrustEvaluator pinned(Fingerprint... fingerprints) {
    return new Pinned(Set.copyOf(Arrays.asList(fingerprints)));
  }

  /** The same for a set, at least one. */
  static TrustEvaluator pinned(Set<Fingerprint> fingerprints) {
    return new Pinned(fingerprints);
  }

  /**
   * The program decides, in {@link Callback#DEFAULT_DEADLINE}.
   *
   * @param decision called on {@code queue} once a connection, before it is ready and before a byte
   *     of the program's is sent or shown
   * @param queue where {@code decision} is called; several handshakes may ask at the same time
   *     unless it is serial
   */
  static Callback callback(Decision decision, Executor queue) {
    return new Callback(decision, queue, Callback.DEFAULT_DEADLINE);
  }

  /**
   * For sessions only: {@code Session.Handler.trust} decides about each peer, when it has said its
   * name. A connection or listener of a network refuses it.
   */
  static TrustEvaluator bySession() {
    return BySession.INSTANCE;
  }

  /** What a program decides about a peer. */
  @FunctionalInterface
  interface Decision {
    /**
     * Whether the peer is trusted.
     *
     * @return true or false, now or later; a stage that fails, null, and what is thrown count as
     *     false
     */
    CompletionStage<Boolean> isTrusted(TrustRequest request);
  }

  /** The certificate authorities of the platform. */
  final class Platform implements TrustEvaluator {
    private static final Platform INSTANCE = new Platform();

    private Platform() {}

    @Override
    public String toString() {
      return "system";
    }
  }

  /** A set of fingerprints. */
  final class Pinned implements TrustEvaluator {
    private final Set<Fingerprint> fingerprints;

    private Pinned(Set<Fingerprint> fingerprints) {
      this.fingerprints = Set.copyOf(fingerprints);
      if (this.fingerprints.isEmpty()) {
        throw new IllegalArgumentException("no fingerprints: nobody would be trusted");
      }
    }

    /** What is trusted. */
    public Set<Fingerprint> fingerprints() {
      return fingerprints;
    }

    @Override
    public String toString() {
      return fingerprints.stream()
          .map(Fingerprint::toString)
          .sorted()
          .collect(Collectors.joining(", ", "pinned to ", ""));
    }
  }

  /** A decision of the program's, with its deadline. */
  final class Callback implements TrustEvaluator {
    /** How long a decision may take unless told otherwise: 8 seconds. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(8);

    private final Decision decision;
    private final Executor queue;
    private final Duration deadline;

    private Callback(Decision decision, Executor queue, Duration deadline) {
      this.decision = Objects.requireNonNull(decision, "decision");
      this.queue = Objects.requireNonNull(queue, "queue");
      this.deadline = Objects.requireNonNull(deadline, "deadline");
    }

    /**
     * The same with another deadline. The whole handshake has one too, {@link
     * Parameters#handshakeTimeout()}, on both sides: whichever comes first ends it.
     */
    public Callback within(Duration time) {
      if (time.isNegative() || time.isZero()) {
        throw new IllegalArgumentException("deadline " + time + " is not positive");
      }
      return new Callback(decision, queue, time);
    }

    /** What decides. */
    public Decision decision() {
      return decision;
    }

    /** Where it is called. */
    public Executor queue() {
      return queue;
    }

    /** How long it may take. */
    public Duration deadline() {
      return deadline;
    }

    @Override
    public String toString() {
      return "callback";
    }
  }

  /** The handler of a session. */
  final class BySession implements TrustEvaluator {
    private static final BySession INSTANCE = new BySession();

    private BySession() {}

    @Override
    public String toString() {
      return "by session";
    }
  }
}
