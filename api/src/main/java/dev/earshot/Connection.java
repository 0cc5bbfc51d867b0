package dev.earshot;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

/**
 * A two-way flow of messages or bytes with one peer.
 *
 * <p>Life cycle, each state reported once to {@link Handler#stateUpdated} when it is entered:
 *
 * <ol>
 *   <li>{@link State.Setup}: made by {@link Network#connection}, or handed over by a {@link
 *       Listener}. Nothing happens on the network before {@link #start}.
 *   <li>{@link State.Preparing}: looking up, dialling, shaking hands. A look-up may take 5 s, an
 *       address 10 s to answer; the next address is dialled beside it after 250 ms. Handshakes have
 *       {@link Parameters#handshakeTimeout()}.
 *   <li>{@link State.Waiting}: it did not work, and may later. It is tried again after 1 s, 2 s, 4
 *       s and so on, at most 30 s, and at once when a link changes or by {@link #restart}, after
 *       which the pauses are short again. So {@code Preparing} and {@code Waiting} take turns,
 *       perhaps with the same reason, until it is ready, cancelled, or {@link
 *       Parameters#establishmentTimeout()} is over. An outgoing connection only.
 *   <li>{@link State.Ready}: content flows. Losing viability does not leave it.
 *   <li>{@link State.Failed}: over, by the network or the peer. At most once.
 *   <li>{@link State.Cancelled}: over, by {@link #cancel} or {@link #forceCancel}, or since both
 *       sides sent a {@linkplain SendOptions#FINAL final message} and this one has read the end. At
 *       most once, and always last, also after {@code Failed}. Nothing is reported after it.
 * </ol>
 *
 * <p>Threads: every method may be called from any thread and returns at once. Handlers are called
 * and futures complete on the {@code queue} given to {@link #start}, one after the other, never
 * inside the call that asked. An executor that runs tasks in the calling thread makes them run on
 * the library's own thread, which gives the shortest latency; they must then never block. The
 * future of every outstanding operation completes, whatever happens; each call returns a future of
 * its own, so that completing or cancelling one changes nothing else.
 *
 * <p>Flow control: nothing is read from the network unless a read is outstanding, beyond {@link
 * Parameters#receiveBuffer()}; no more than {@link Parameters#sendLimit()} waits to be sent.
 *
 * <p>An executor that refuses a task has it run on a queue of the library's instead, and so is what
 * {@code ExecutorService.shutdownNow()} drops, when there is something new to tell. Another that
 * drops tasks without a word makes the handler and the futures silent for ever: the library cannot
 * know.
 */
public interface Connection extends AutoCloseable {

  /**
   * Starts, with state and path changes reported to {@code handler} on {@code queue}.
   *
   * @throws IllegalStateException if it was started, or cancelled, before, or the network is closed
   */
  Connection start(Handler handler, Executor queue);

  /**
   * Starts without a handler; futures complete on a queue of the library's: on one of as many
   * threads as there are such handles with something to complete at the moment. What hangs on a
   * future may block there without stopping other handles, at the price of a thread for each that
   * does; a program with very many handles gives them an executor of its own.
   *
   * @throws IllegalStateException if it was started, or cancelled, before, or the network is closed
   */
  Connection start();

  /** Where it is in its life cycle. */
  State state();

  /** The path in use, once connected. */
  Optional<NetworkPath> currentPath();

  /** Whom it connects to: as given to {@link Network#connection}, or the remote address. */
  Endpoint endpoint();

  /** How it was configured. */
  Parameters parameters();

  /** What the security handshake settled, once ready and if there was one. */
  Optional<SecurityMetadata> securityMetadata();

  /** The HTTP/1.1 upgrade that it began with, once ready and if there was one. */
  Optional<HttpUpgrade> upgrade();

  /**
   * The largest datagram that can be sent now, in bytes of content; 0 when messages are not
   * datagrams, and before it is ready and after.
   *
   * <p>It is what the path carries in one packet, without the headers of IP and UDP and what
   * protection adds. It may change as the path does.
   */
  int maximumDatagramSize();

  /** What was lost so far on a connection of datagrams; {@link DatagramCounts#NONE} on others. */
  DatagramCounts datagramCounts();

  /** How it came about, once ready. */
  Optional<EstablishmentReport> establishmentReport();

  /**
   * What it has carried until now, as the loop of the connection has counted it; may be asked at
   * any time, also before it is ready and when it is over. {@link DataTransferReport#since} makes
   * reports of intervals.
   */
  CompletableFuture<DataTransferReport> dataTransferReport();

  /**
   * Completes with this connection when it is ready; fails with the {@link NetworkException} that
   * it failed with, or with {@link CancelledException}. It stays open while the connection waits,
   * for as long as that takes unless {@link Parameters#establishmentTimeout()} is set.
   *
   * <p>A connection that is not started holds nothing, and its network does not keep it from being
   * collected. So keep the connection, not only its futures: as long as it is kept, the futures
   * complete when it is cancelled or the network is closed.
   */
  CompletableFuture<Connection> ready();

  /**
   * Sends one message, or some bytes.
   *
   * <p>Completes at once if no more than {@link Parameters#sendBudget()} waits to be sent, and
   * otherwise when half of that is free: there is room for more. Those who wait are told in the
   * order of their calls. That is not yet delivery; what was taken by a connection that is ready is
   * still sent after a {@link #cancel}. Content is sent in the order of the calls.
   *
   * <p>On a connection of datagrams it completes when the datagram has been handed to the system,
   * and fails with {@link TooLargeException}, unsent, if that has more bytes than {@link
   * #maximumDatagramSize()}. {@link SendOptions#FINAL} has no meaning there and is refused.
   *
   * <p>May be called before the connection is ready: the content counts against the limits, and the
   * future completes once the connection is ready, or fails if it is over before that.
   *
   * <p>{@linkplain SendOptions#priority() Urgent} messages overtake those that wait. A message with
   * an {@linkplain SendOptions#expiry() expiry} completes once it is taken to be sent, and fails
   * with {@link ExpiredException} if that is too late.
   *
   * <p>Fails with {@link BackPressureException} if {@link Parameters#sendLimit()} is exceeded,
   * {@link TooLargeException} if the protocol cannot carry it, {@link CancelledException} or the
   * cause of the connection's failure if it is over, {@link UnsupportedException} after {@link
   * SendOptions#FINAL} or a close frame.
   *
   * @throws IllegalArgumentException if it breaks WebSocket's rules: text that is not UTF-8, a ping
   *     or pong above 125 bytes, a close code that may not be sent, a close reason without a code,
   *     above 123 bytes, or that is not UTF-8; if it is a final message of datagrams; if bytes have
   *     a priority or an expiry; or if the metadata has no form in the headers of the {@link
   *     Framer}
   */
  CompletableFuture<Void> send(Payload content, SendOptions options);

  /** Sends one binary message, or some bytes, as with {@link SendOptions#DEFAULT}. */
  default CompletableFuture<Void> send(Payload content) {
    return send(content, SendOptions.DEFAULT);
  }

  /**
   * Sends {@code count} bytes of {@code file}, beginning at {@code position}, as bytes of the
   * stream. On connections of bytes only: TCP and streams of QUIC, protected or not, without a
   * {@link Framer}. Any others fail it with {@link UnsupportedException}.
   *
   * <p>Completes when the file is not needed for it any more: the last of the bytes is with the
   * system, or has been read and taken to be sent. That is not yet delivery. Keep the channel open
   * until then; it is read at absolute positions, never closed, and its own position stays where it
   * is. Cancelling or completing the future withdraws nothing.
   *
   * <p>It has its place in the order of the calls: what was sent before leaves before it, what is
   * sent later leaves when all of it has left. It may be called before the connection is ready.
   * Against {@link Parameters#sendBudget()} and {@link Parameters#sendLimit()} it counts 64 bytes,
   * however long it is, and of all files of a connection no more than the budget is in memory: who
   * sends many limits how many are not done. To end the stream after it, send an empty {@linkplain
   * SendOptions#FINAL final message}.
   *
   * <p>A {@link #cancel} leaves it the same second as all that was taken. When that is over, and by
   * {@link #forceCancel}, it fails with {@link CancelledException} and the peer's connection is
   * reset. When the connection fails it fails with the same cause. So a peer that reads the end of
   * the stream has read all of it.
   *
   * <p>Fails with {@link UnreadableException} if the file, when its turn comes, is closed or not
   * open for reading, or has not all of the bytes; then nothing of it is sent, and the connection
   * goes on. In the middle of it the connection fails with that exception too, and the peer's is
   * reset. Fails with {@link BackPressureException} if the send limit is exceeded, with {@link
   * UnsupportedException} after a final message.
   *
   * <p>Over plain TCP the system moves the bytes of a JDK's {@code FileChannel} from the file to
   * the network, on the connection's loop, in parts of 256 KiB at most: a slow disk holds up the
   * connections of that loop for as long. Otherwise the file is read on a worker of the network.
   *
   * @throws IllegalArgumentException if {@code position} or {@code count} is negative
   */
  CompletableFuture<Void> sendFile(FileChannel file, long position, long count);

  /**
   * Sends one binary message, or some bytes, if there is room: the path for high rates.
   *
   * @return false if more than {@link Parameters#sendBudget()} waits already, the content is larger
   *     than can be sent, or the connection is over; nothing was sent then. {@link #room} tells
   *     when to try again
   */
  boolean trySend(Payload content);

  /**
   * Waits until there is room for what {@link #trySend} refused, or for something fresher instead.
   *
   * <p>Completes at once if no more than {@link Parameters#sendBudget()} waits to be sent, and
   * otherwise when half of that is free, as {@link #send} does for content that is not datagrams;
   * before the connection is ready, once it is. Nothing is reserved: others may take the room
   * first, so that {@code trySend} is asked again. What is too large is refused however much room
   * there is. Cancelling the future changes nothing.
   *
   * <p>Fails with {@link CancelledException} or the cause of the connection's failure if it is
   * over, and with {@link UnsupportedException} after a final message.
   */
  CompletableFuture<Void> room();

  /**
   * Sends content that may be lost or repeated without harm; nobody is told what became of it.
   *
   * <p>On a connection of datagrams that is ready, the oldest of such datagrams beyond {@link
   * Parameters#sendBudget()} are dropped for the fresher ones when their turn comes. Before that,
   * and in one burst, up to {@link Parameters#sendLimit()} waits, and what comes beyond it is
   * dropped, and so is what is too large. All that is dropped is counted in {@link
   * #datagramCounts()}.
   *
   * @throws IllegalArgumentException as for {@link #send(Payload, SendOptions)}
   */
  void sendIdempotent(Payload content, SendOptions options);

  /**
   * Runs {@code sends} in this thread and holds back what it sends until it returns: it then leaves
   * together, in as few writes as possible. What is being sent already takes it along earlier.
   *
   * <p>What {@code sends} throws is thrown. It must not wait for anything: until it returns, what
   * other threads send may be held back too, and its own futures do not complete.
   */
  void batch(Runnable sends);

  /**
   * Reads bytes: at least {@code minimumIncompleteLength}, fewer only at the end of the stream, at
   * most {@code maximumLength}. On a connection of messages, a part of a message of at most that
   * length.
   *
   * <p>Reads complete in the order of the calls. After the end of the stream, and only then,
   * content may be shorter than the minimum; every later read brings an empty end of stream.
   *
   * <p>What has arrived is read before the failure that ended the connection; only {@link #cancel}
   * and {@link #forceCancel} drop it. Cancelling or completing the future, as {@code orTimeout}
   * does, withdraws the read: its content is for the next. A {@code get} that runs out of time
   * leaves it outstanding.
   *
   * @throws IllegalArgumentException unless 1 &lt;= minimum &lt;= maximum
   */
  CompletableFuture<Received> receive(int minimumIncompleteLength, int maximumLength);

  /**
   * Reads one whole message. On a connection of bytes: whatever has arrived, at least one byte.
   *
   * <p>The peer's farewell, or the end of its stream, is {@link Received#endOfStream()}. Pings are
   * answered and not seen. A pong is a message, with {@link ContentMetadata.Opcode#PONG}, only if
   * it answers a ping that the program sent: it has that one's bytes. The future is withdrawn as
   * that of {@link #receive} is.
   *
   * <p>A WebSocket peer's farewell is answered when the program has read up to it, half a second
   * later at most: what it sends in answer to the messages before it leaves first.
   */
  CompletableFuture<Received> receiveMessage();

  /**
   * Reads one whole message, as {@link #receiveMessage()} does, and completes with what {@code
   * decoder} makes of it, or fails with what that throws. It is called on the queue, one message
   * after the other in the order of the reads, whichever thread asks; a function given to {@code
   * thenApply} may be called on the thread that asks, when the message is there first. A future
   * that is withdrawn while the decoder runs has taken its message.
   */
  <T> CompletableFuture<T> receiveMessage(Decoder<? extends T> decoder);

  /**
   * The same reads as {@link #receiveMessage}, driven by a subscriber's demand.
   *
   * <p>One subscriber at a time; it is called on the queue. It completes at the end of the stream,
   * and fails as a read would. One that throws is logged and not called again, as if it had
   * cancelled.
   */
  Flow.Publisher<Received> messages();

  /**
   * The bytes of a stream as they come, lent to a subscriber: for high rates. On connections of
   * bytes only: TCP and streams of QUIC, protected or not, without a {@link Framer}. A subscriber
   * of any other has its {@code onError} called with {@link UnsupportedException}.
   *
   * <p>Each buffer has at least one byte, is read-only, and is valid until {@code onNext} returns:
   * then its memory may be read into again, for this connection or another. So next to nothing is
   * allocated for what comes. Whoever cannot be done with a buffer by then copies it, or takes
   * {@link #receive}, whose content stays what it is.
   *
   * <p>Otherwise like {@link #messages}, with which it shares the one subscriber: demand counts
   * buffers, it completes at the end of the stream, and reads of {@link #receive} come first.
   */
  Flow.Publisher<ByteBuffer> bytes();

  /** Tries again at once, if waiting; otherwise does nothing. */
  void restart();

  /** Gives up the address that is being dialled and goes on with the next, if preparing. */
  void cancelCurrentEndpoint();

  /**
   * Ends the connection: what was taken is sent, the peer is told, and the state becomes {@link
   * State.Cancelled}, at the latest after a second. Completes then. Reads that are outstanding fail
   * with {@link CancelledException}. No other last state is reported from this call on: a {@link
   * State.Failed} of the same moment, for instance by the peer's farewell, is not.
   */
  CompletableFuture<Void> cancel();

  /** Ends the connection at once, without farewell; what was not sent is dropped. */
  void forceCancel();

  /** The same as {@link #cancel}, without waiting for it. */
  @Override
  void close();

  /**
   * Makes something of a message.
   *
   * @param <T> what it makes
   */
  @FunctionalInterface
  interface Decoder<T> {
    /**
     * What {@code message} says. It may be the end of the stream, which says nothing: {@link
     * Received#isBareEnd()}.
     *
     * @throws Exception if it says nothing that is understood
     */
    T decode(Received message) throws Exception;
  }

  /** Where a connection is in its life cycle. More states may be added. */
  sealed interface State {
    /** Not started. */
    record Setup() implements State {}

    /** Looking up, dialling, shaking hands. */
    record Preparing() implements State {}

    /**
     * It did not work, and may later.
     *
     * @param reason what did not work: advice, not failure
     */
    record Waiting(NetworkException reason) implements State {}

    /** Content flows. */
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
   * What happens to a connection. All methods are called on the connection's queue, one at a time;
   * an exception that one throws is logged and changes nothing.
   */
  interface Handler {
    /** A state was entered. */
    default void stateUpdated(Connection connection, State state) {}

    /**
     * The path became unusable, perhaps for a moment, or usable again. A wise program waits a short
     * while before it gives up: {@link Parameters#viabilityPatience} does that for it.
     */
    default void viabilityUpdated(Connection connection, boolean viable) {}

    /**
     * A new connection would take a better path than this one, or would no longer: a better link
     * has come up that was not there when this one became ready. Wired is better than Wi-Fi, that
     * than any other kind, and that than a mobile network; links that the parameters exclude,
     * tunnels, and links without an address of the same family do not count. Nothing moves by
     * itself: connect anew, and cancel this one when the new one is ready.
     */
    default void betterPathUpdated(Connection connection, boolean available) {}

    /** The path changed. */
    default void pathUpdated(Connection connection, NetworkPath path) {}
  }
}
