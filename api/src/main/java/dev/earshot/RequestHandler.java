package dev.earshot;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/**
 * Who answers the upgrade requests of a WebSocket listener's peers: a program's decision, where it
 * is made, and how long it may take. Immutable; shared by any number of listeners.
 *
 * <p>It is asked about every request that is well-formed, before the connection is ready and after
 * the security handshake. A browser says in the {@code origin} header which page asks: a listener
 * that browsers can reach should refuse pages that it does not know (RFC 6455, section 10.2).
 */
public final class RequestHandler {
  /** How long a decision may take unless told otherwise: 8 seconds. */
  public static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(8);

  private final Decision decision;
  private final Executor queue;
  private final Duration deadline;

  private RequestHandler(Decision decision, Executor queue, Duration deadline) {
    this.decision = Objects.requireNonNull(decision, "decision");
    this.queue = Objects.requireNonNull(queue, "queue");
    this.deadline = Objects.requireNonNull(deadline, "deadline");
  }

  /**
   * A handler that has {@link #DEFAULT_DEADLINE}.
   *
   * @param decision called on {@code queue} once a request
   * @param queue where {@code decision} is called; about several requests at the same time unless
   *     it is serial
   */
  public static RequestHandler of(Decision decision, Executor queue) {
    return new RequestHandler(decision, queue, DEFAULT_DEADLINE);
  }

  /**
   * The same with another deadline, after which the peer is refused with status 503. The whole
   * handshake has one too, {@link Parameters#handshakeTimeout()}: whichever comes first ends it.
   */
  public RequestHandler within(Duration time) {
    Objects.requireNonNull(time, "time");
    if (time.isNegative() || time.isZero()) {
      throw new IllegalArgumentException("deadline " + time + " is not positive");
    }
    return new RequestHandler(decision, queue, time);
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

  /** What a program decides about a request. */
  @FunctionalInterface
  public interface Decision {
    /**
     * What is answered.
     *
     * @return the response, now or later; a stage that fails, null, and what is thrown refuse the
     *     peer with status 500, and are logged
     */
    CompletionStage<UpgradeResponse> answer(UpgradeRequest request);
  }
}
