package dev.earshot;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Connections to one peer under one handshake: the streams, and the datagrams, of QUIC (RFC 9000).
 *
 * <p>The group carries nothing itself. Each side opens streams with {@link #openStream}, and is
 * told of the other's by {@link Handler#newStream}; each is a {@link Connection} of bytes with
 * states, queues and limits of its own, so that one that nobody reads does not hold up the others,
 * up to {@link QuicOptions#groupWindow()}.
 *
 * <p>Life cycle: the {@linkplain Connection.State states} of a {@link Connection}, each reported
 * once to {@link Handler#stateUpdated}. A group is {@code Ready} when the handshake is over and
 * both sides trust each other. When it has ended, so have all its connections: with the same
 * failure, or with a {@link CancelledException} that names the group. When it has failed, a stream
 * that both sides had ended before can still be read to its end.
 *
 * <p>Threads: as for {@link Connection}. The group's handler is called on the queue given to {@link
 * #start}, each stream's on its own.
 */
public interface ConnectionGroup extends AutoCloseable {

  /**
   * Starts, with what happens reported to {@code handler} on {@code queue}.
   *
   * @throws IllegalStateException if it was started, or cancelled, before, or the network is closed
   */
  ConnectionGroup start(Handler handler, Executor queue);

  /**
   * Starts without a handler: streams that the peer opens are refused. Futures complete on a queue
   * of the library's.
   *
   * @throws IllegalStateException if it was started, or cancelled, before, or the network is closed
   */
  ConnectionGroup start();

  /** Where it is in its life cycle. */
  Connection.State state();

  /** The path in use, once connected. */
  Optional<NetworkPath> currentPath();

  /** Whom it connects to: as given to {@link Network#connectionGroup}, or the remote address. */
  Endpoint endpoint();

  /** How it was configured. */
  Parameters parameters();

  /** What the handshake settled, once ready. */
  Optional<SecurityMetadata> securityMetadata();

  /**
   * How it came about, once ready: the look-up, the addresses, the attempts and the handshake. The
   * reports of its connections have the handshake too, but not the rest of it.
   */
  Optional<EstablishmentReport> establishmentReport();

  /**
   * What its connections have carried until now, all added up, those that have ended too; the time
   * that it is about is the group's. Each of them has a {@linkplain Connection#dataTransferReport
   * report} of its own. May be asked at any time, also before the group is ready and when it is
   * over.
   */
  CompletableFuture<DataTransferReport> dataTransferReport();

  /**
   * Completes with this group when it is ready; fails with the {@link NetworkException} that it
   * failed with, or with {@link CancelledException}.
   */
  CompletableFuture<ConnectionGroup> ready();

  /**
   * A new stream of bytes in both directions, not started.
   *
   * <p>Once started it is {@code Preparing} until the group is ready. While the peer permits no
   * more streams it is {@code Waiting}, and goes on by itself as soon as the peer does, if it ever
   * does: some peers never permit more than in the beginning, however many have ended. {@link
   * Parameters#establishmentTimeout()} ends that. The peer learns of a stream when something is
   * sent on it.
   *
   * <p>{@link SendOptions#FINAL} ends this side's direction, {@link Received#endOfStream()} is the
   * end of the other's; when both have ended the stream is over. A side that wants no more to be
   * sent, or resets its own direction, ends both with {@link ConnectionLostException}; so does
   * {@link Connection#forceCancel} at the other side.
   */
  Connection openStream();

  /**
   * The one channel for datagrams (RFC 9221), not started at first; always the same.
   *
   * <p>It is a connection of messages, each at most {@link Connection#maximumDatagramSize()} bytes,
   * which may be lost or overtaken; they share the group's congestion control. Its {@link
   * Connection#parameters()} are those of the group with {@link Protocol.Udp}, which is how it
   * behaves. What arrives before it is started waits, up to {@link UdpOptions#receiveQueue()}. It
   * fails with {@link UnsupportedException} if {@link QuicOptions#datagrams()} is off on one side.
   */
  Connection datagrams();

  /** Tries again at once, if waiting; otherwise does nothing. */
  void restart();

  /** Gives up the address that is being dialled and goes on with the next, if preparing. */
  void cancelCurrentEndpoint();

  /**
   * Ends the group: its streams are cancelled, which sends what was taken and tells their other
   * ends, then the peer is told. {@code Cancelled}, at the latest, after a second. Completes then.
   * After a failure it cancels the streams that are left to be read, at once.
   */
  CompletableFuture<Void> cancel();

  /** Ends the group and its streams at once; what was not sent is dropped. */
  void forceCancel();

  /** The same as {@link #cancel}, without waiting for it. */
  @Override
  void close();

  /**
   * What happens to a group. All methods are called on the group's queue, one at a time; an
   * exception that one throws is logged and changes nothing.
   */
  interface Handler {
    /** A state was entered. */
    default void stateUpdated(ConnectionGroup group, Connection.State state) {}

    /**
     * The peer has opened a stream and sent something on it. It is not started: start it, or cancel
     * it. One that is neither within 10 s is logged and reset. Refused by default.
     */
    default void newStream(ConnectionGroup group, Connection stream) {
      stream.forceCancel();
    }

    /** The path became unusable, perhaps for a moment, or usable again. */
    default void viabilityUpdated(ConnectionGroup group, boolean viable) {}

    /** A new group would take a better path than this one, or would no longer. */
    default void betterPathUpdated(ConnectionGroup group, boolean available) {}

    /** The path changed. */
    default void pathUpdated(ConnectionGroup group, NetworkPath path) {}
  }
}
