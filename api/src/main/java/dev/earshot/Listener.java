package dev.earshot;

import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Accepts connections, and advertises by Bonjour that it does.
 *
 * <p>Life cycle, each state reported once to {@link Handler#stateUpdated} when it is entered:
 *
 * <ol>
 *   <li>{@link State.Setup}: made by {@link Network#listener}; nothing is bound.
 *   <li>{@link State.Waiting}: what it needs, such as the required link, is not there; it starts by
 *       itself when it is.
 *   <li>{@link State.Ready}: {@link #port()} is bound. Advertising begins here.
 *   <li>{@link State.Failed}: over; make a new one. At most once. A port that is taken fails at
 *       once, unless a link or a local address is required: then binding is tried five times, a
 *       second apart.
 *   <li>{@link State.Cancelled}: over, by {@link #cancel}. At most once, and always last. The
 *       connections it handed over live on.
 * </ol>
 *
 * <p>Threads: every method may be called from any thread and returns at once. The handler is
 * called, and futures complete, on the queue, one after the other.
 */
public interface Listener extends AutoCloseable {

  /**
   * Advertises {@code service} from when the listener is ready, or replaces what is advertised: a
   * new TXT record is an update, a new name a new registration.
   *
   * @throws IllegalArgumentException if the service type's transport does not fit the protocol:
   *     {@code _tcp} for TCP and WebSocket, {@code _udp} for UDP and QUIC
   * @throws IllegalStateException if there is no discovery provider, naming the artifact to add
   */
  Listener advertise(Service service);

  /** Stops advertising; whoever browses sees the service go. Connections are still accepted. */
  void withdraw();

  /**
   * Accepts {@code limit} more connections, then no more until it is set again; without limit by
   * default.
   */
  Listener newConnectionLimit(int limit);

  /**
   * Starts.
   *
   * @throws IllegalStateException if it was started, or cancelled, before, or the network is closed
   */
  Listener start(Handler handler, Executor queue);

  /** Where it is in its life cycle. */
  State state();

  /** The port that is bound, once ready. */
  OptionalInt port();

  /** How it was configured. */
  Parameters parameters();

  /**
   * Completes when it is ready; fails with what it failed with, or {@link CancelledException}. One
   * that is not started is not kept by its network: keep it, not only its futures.
   */
  CompletableFuture<Listener> ready();

  /** Ends it: withdraws the service and frees the port, within a second. */
  CompletableFuture<Void> cancel();

  /** The same as {@link #cancel}, without waiting for it. */
  @Override
  void close();

  /** Where a listener is in its life cycle. More states may be added. */
  sealed interface State {
    /** Not started. */
    record Setup() implements State {}

    /**
     * It cannot start, and may later.
     *
     * @param reason what is missing
     */
    record Waiting(NetworkException reason) implements State {}

    /** Connections are accepted. */
    record Ready() implements State {}

    /**
     * Over.
     *
     * @param cause why
     */
    record Failed(NetworkException cause) implements State {}

    /** Over, by this side's wish. */
    record Cancelled() implements State {}
  }

  /**
   * What happens to a listener, on its queue, one call at a time; an exception that a method throws
   * is logged and changes nothing.
   */
  interface Handler {
    /**
     * Somebody connected. The connection is not started: start it, or cancel it. One that is
     * neither started nor cancelled within 10 s is logged and closed.
     *
     * <p>This comes before any handshake: nobody has proved to know a key yet, and the address is
     * all that is known. Who it is shows in {@link Connection#securityMetadata()} once it is ready.
     */
    void newConnection(Listener listener, Connection connection);

    /**
     * Somebody connected by QUIC. The group is not started: start it, or cancel it, within 10 s, as
     * with {@link #newConnection}, which is not called for QUIC: a peer that wants a single stream
     * opens a group with one. Refused by default.
     */
    default void newConnectionGroup(Listener listener, ConnectionGroup group) {
      group.forceCancel();
    }

    /** A state was entered. */
    default void stateUpdated(Listener listener, State state) {}

    /** What is advertised changed, for instance because the name was taken. */
    default void registrationUpdated(Listener listener, RegistrationChange change) {}

    /** Advertising does not work: the listener goes on without. Logged by default. */
    default void registrationFailed(Listener listener, NetworkException cause) {
      System.getLogger("dev.earshot").log(System.Logger.Level.WARNING, cause.getMessage());
    }
  }
}
