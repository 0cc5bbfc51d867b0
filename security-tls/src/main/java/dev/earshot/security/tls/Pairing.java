package dev.earshot.security.tls;

import dev.earshot.CancelledException;
import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.NetworkException;
import dev.earshot.ServiceType;
import dev.earshot.security.tls.pairing.Code;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Two sides come to share a random key, because a person reads six digits on one screen and types
 * them on the other.
 *
 * <p>The side that shows the code:
 *
 * <pre>{@code
 * Pairing pairing = Pairing.show(network, PairingOptions.named("Den")).start(handler, queue);
 * screen.show(pairing.code());
 * pairing.paired().thenAccept(peers::add);
 * }</pre>
 *
 * <p>The side where it is typed:
 *
 * <pre>{@code
 * Endpoint den = Endpoint.bonjour("Den", Pairing.SERVICE_TYPE);
 * Pairing.enter(network, den, typed, PairingOptions.named("Kitchen"))
 *     .start(handler, queue)
 *     .paired()
 *     .thenAccept(peers::add);
 * }</pre>
 *
 * <p>The code goes through EC-JPAKE, over a connection that is not protected: who listens learns
 * nothing, and who is between the two, or talks to one of them, can test one guess in each try. A
 * code is good for {@value #TRIES} tries, counted by the side that shows it, whoever tries, over
 * all connections; for two minutes; and for one success. Typing it is one try: a new one takes a
 * new handle. What was wrong is told on both sides. See {@code docs/pairing.md}.
 *
 * <p>Life cycle, each state reported once to {@link Handler#stateUpdated} when it is entered:
 *
 * <ol>
 *   <li>{@link State.Setup}: made; nothing happens on the network before {@link #start}.
 *   <li>{@link State.Preparing}: binding a port, or reaching the other side, which may take 15 s.
 *   <li>{@link State.Open}: the code can be typed on the other side. Only where it is shown; again
 *       after each try that failed.
 *   <li>{@link State.Exchanging}: with somebody who claims to know the code; 10 s at most.
 *   <li>one of {@link State.Paired}, {@link State.Failed}, {@link State.Cancelled}: over. Nothing
 *       is reported after it.
 * </ol>
 *
 * <p>Threads: every method may be called from any thread and returns at once, also on a virtual
 * thread. The handler is called, and futures complete, on the queue given to {@link #start}, one
 * after the other, never inside the call that asked, unless the queue runs tasks in the calling
 * thread. The arithmetic, some milliseconds a try, runs on the network's own threads for users'
 * callbacks, for one connection at a time.
 */
public interface Pairing extends AutoCloseable {

  /** What the side that shows a code advertises: {@code _earshot-pair._tcp}. */
  ServiceType SERVICE_TYPE = ServiceType.tcp("earshot-pair");

  /** How long a code can be used, from when it can be typed. */
  Duration CODE_LIFE = Duration.ofMinutes(2);

  /** How often a code can be tried. */
  int TRIES = 3;

  /**
   * Makes a code to show; not started.
   *
   * @throws IllegalStateException if the network is closed, or has no discovery to advertise with
   */
  static Pairing show(Network network, PairingOptions options) {
    SecureRandom random = new SecureRandom();
    return new ShownPairing(network, options, Code.random(random), Code.scalars(random));
  }

  /**
   * Takes the code that was typed here and that {@code endpoint} shows; not started.
   *
   * <p>The code must be tried only with the one that the user meant: everybody it is tried with has
   * one guess at it.
   *
   * @param endpoint a host and port, or what a browser for {@link #SERVICE_TYPE} has found
   * @param code six digits; spaces and hyphens do not matter
   * @throws IllegalArgumentException if it has not six digits
   * @throws IllegalStateException if the network is closed, or has no discovery to look up with
   */
  static Pairing enter(Network network, Endpoint endpoint, String code, PairingOptions options) {
    return new EnteredPairing(
        network.connection(endpoint, options.parameters().toBuilder().localPort(0).build()),
        new EnteredPairing.Settings(
            network.clock(), options.self(), Code.parse(code), Code.scalars(new SecureRandom())));
  }

  /**
   * Starts.
   *
   * @throws IllegalStateException if it was started, or cancelled, before, or the network is closed
   */
  Pairing start(Handler handler, Executor queue);

  /** The code for people, such as {@code 482 913}. It is a secret: show it, do not log it. */
  String code();

  /** Where it is in its life cycle. */
  State state();

  /** The port that the side which shows the code listens on, while it does. */
  OptionalInt port();

  /**
   * Completes with the other side and the key; fails with {@link PairingException}, with what the
   * network said, or with {@link CancelledException}. Each call returns a future of its own.
   */
  CompletableFuture<PairedPeer> paired();

  /**
   * Ends it, if it is not over. The other side is told nothing but that the connection ended.
   * Completes when port and connections are free, within a second.
   */
  CompletableFuture<Void> cancel();

  /** The same as {@link #cancel}, without waiting for it. */
  @Override
  void close();

  /** Where a pairing is in its life cycle. More states may be added. */
  sealed interface State {
    /** Not started. */
    record Setup() implements State {}

    /** Binding a port, or reaching the other side. */
    record Preparing() implements State {}

    /**
     * The code can be typed on the other side.
     *
     * @param triesLeft how often it may be tried
     */
    record Open(int triesLeft) implements State {}

    /** Talking with somebody who claims to know the code. */
    record Exchanging() implements State {}

    /**
     * Over: both sides have the key.
     *
     * @param peer the other side
     */
    record Paired(PairedPeer peer) implements State {}

    /**
     * Over, without a key.
     *
     * @param cause why, and what to do
     */
    record Failed(NetworkException cause) implements State {}

    /** Over, by this side's wish. */
    record Cancelled() implements State {}

    /** Whether nothing comes after it. */
    default boolean isOver() {
      return this instanceof Paired || this instanceof Failed || this instanceof Cancelled;
    }
  }

  /**
   * What happens to a pairing, on its queue, one call at a time; an exception that a method throws
   * is logged and changes nothing.
   */
  interface Handler {
    /** A state was entered. */
    default void stateUpdated(Pairing pairing, State state) {}

    /**
     * Somebody tried the code and failed; only where it is shown. Tell the user: if it was not the
     * other person's slip, somebody else is at it.
     *
     * @param cause what happened; {@link PairingException.Reason#WRONG_CODE} is a wrong guess
     * @param triesLeft how often the code may be tried; with 0, {@link State.Failed} comes next
     */
    default void tryFailed(Pairing pairing, PairingException cause, int triesLeft) {}

    /** The name under which others find this side; only where the code is shown. */
    default void advertised(Pairing pairing, Endpoint.Bonjour endpoint) {}

    /** Advertising does not work: host and port must be told. Logged by default. */
    default void advertisingFailed(Pairing pairing, NetworkException cause) {
      System.getLogger("dev.earshot").log(System.Logger.Level.WARNING, cause.getMessage());
    }
  }
}
