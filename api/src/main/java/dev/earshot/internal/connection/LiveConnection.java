package dev.earshot.internal.connection;

import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.DataTransferReport;
import dev.earshot.DatagramCounts;
import dev.earshot.Endpoint;
import dev.earshot.EstablishmentReport;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.SendOptions;
import dev.earshot.internal.connection.ConnectionMachine.Event;
import dev.earshot.internal.queue.SerialQueue;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.spi.Loop;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The connection behind {@link Connection}: hands every call over to where it belongs.
 *
 * <p>Three places own its state. The loop: {@link ConnectionLife} and what that holds. The queue:
 * {@link ReceiveQueue}. Nobody: {@link SendQueue}, which is free of locks. Every method may be
 * called on any thread.
 */
public final class LiveConnection implements Connection {
  private static final VarHandle STARTED;
  private static final VarHandle BATCHES;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STARTED = lookup.findVarHandle(LiveConnection.class, "started", boolean.class);
      BATCHES = lookup.findVarHandle(LiveConnection.class, "batches", Batches.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Crossing crossing;
  private final Endpoint endpoint;
  private final Parameters parameters;
  private final Reports reports;
  private final SendQueue sends;
  private final ReceiveQueue reads;
  private final ConnectionLife life;
  private final Counted counted;
  private final boolean heldFromTheStart;
  private final Runnable wakeUp;

  /** Whether it was started, or cancelled; never back. */
  private volatile boolean started;

  /** Null before the first batch. */
  private volatile @Nullable Batches batches;

  LiveConnection(ConnectionHost host, Loop loop, Side.Maker side) {
    Executor fallback = host.fallbackQueue();
    this.crossing = new Crossing(loop, new SerialQueue(fallback, fallback));
    this.counted = new Counted(host, this);
    Side made = side.make(crossing, counted);
    this.endpoint = made.endpoint();
    this.parameters = made.parameters();
    this.reports = new Reports(crossing, this);
    this.sends = new SendQueue(crossing, parameters, endpoint, this::wakeUp);
    Demand demand = new Demand(crossing, parameters.receiveBuffer());
    this.reads = new ReceiveQueue(crossing, demand, this::endRead);
    this.life = new ConnectionLife(crossing, made, new Traffic(sends, reads, demand), reports);
    this.heldFromTheStart = made.holdsFromTheStart();
    this.wakeUp = life::wakeUp;
  }

  /** A connection to {@code to}, which holds nothing until it is started. */
  public static LiveConnection outgoing(
      ConnectionHost host, Endpoint to, Parameters parameters, Protection protection) {
    OutgoingAttempt.Request request = new OutgoingAttempt.Request(to, parameters, protection);
    return new LiveConnection(
        host,
        host.transport().nextLoop(),
        (crossing, counted) -> OutgoingSide.of(host, crossing, request, counted));
  }

  /**
   * A connection that a listener accepted. It closes the arrival unless it is started within ten
   * seconds. To be called on any thread.
   *
   * @param handshakeOver called once, on the arrival's loop, when the handshakes are over one way
   *     or the other: done, failed, cancelled, or never begun
   */
  public static LiveConnection incoming(
      ConnectionHost host, Arrival arrival, Parameters parameters, Runnable handshakeOver) {
    LiveConnection made =
        new LiveConnection(
            host,
            arrival.loop(),
            (crossing, counted) ->
                new IncomingSide(host, arrival, parameters, handshakeOver, counted));
    made.held();
    return made;
  }

  /** It holds something from now on, though it is not started: for a while, unless it is. */
  void held() {
    if (counted.begin()) {
      onLoop(life::awaitStart);
    } else {
      forceCancel();
    }
  }

  /** The peer is reached by {@code path} from now on. On the loop. */
  void moved(NetworkPath path) {
    life.moved(path);
  }

  /** What it has carried until now. On the loop, or once there is none any more. */
  DataTransferReport carried() {
    return life.transferReport();
  }

  /** Runs {@code task} where this connection's handler is called. On the loop. */
  void onQueue(Runnable task) {
    crossing.queue().execute(task);
  }

  /** Takes note that the links of this computer have changed. */
  public void linksChanged(List<LinkState> links) {
    onLoop(() -> life.linksChanged(links));
  }

  @Override
  public Connection start(Handler handler, Executor queue) {
    Objects.requireNonNull(handler, "handler");
    Objects.requireNonNull(queue, "queue");
    requireFirstStart();
    crossing.queue().moveTo(queue);
    crossing.toLoop(() -> life.start(handler), () -> startWithoutLoop(handler));
    return this;
  }

  @Override
  public Connection start() {
    requireFirstStart();
    onLoop(() -> life.start(new Handler() {}));
    return this;
  }

  private void requireFirstStart() {
    if (!STARTED.compareAndSet(this, false, true)) {
      throw new IllegalStateException(this + " was started, or cancelled, before");
    }
    if (!heldFromTheStart && !counted.begin()) {
      throw new IllegalStateException(this + " cannot start: its network is closed");
    }
  }

  @Override
  public State state() {
    return reports.state();
  }

  @Override
  public Optional<NetworkPath> currentPath() {
    return reports.path();
  }

  @Override
  public Endpoint endpoint() {
    return endpoint;
  }

  @Override
  public Parameters parameters() {
    return parameters;
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata() {
    return reports.security();
  }

  @Override
  public Optional<HttpUpgrade> upgrade() {
    return reports.upgrade();
  }

  @Override
  public int maximumDatagramSize() {
    return sends.datagrams().maximum();
  }

  @Override
  public DatagramCounts datagramCounts() {
    return sends.datagrams().counts();
  }

  @Override
  public Optional<EstablishmentReport> establishmentReport() {
    return reports.establishment();
  }

  @Override
  public CompletableFuture<DataTransferReport> dataTransferReport() {
    return crossing.ask(this::carried);
  }

  @Override
  public CompletableFuture<Connection> ready() {
    return reports.ready().future();
  }

  @Override
  public CompletableFuture<Void> send(Payload content, SendOptions options) {
    Objects.requireNonNull(content, "content");
    Objects.requireNonNull(options, "options");
    return sends.send(content, ControlFrames.checked(parameters, content, options));
  }

  @Override
  public CompletableFuture<Void> sendFile(FileChannel file, long position, long count) {
    Objects.requireNonNull(file, "file");
    if (position < 0 || count < 0) {
      throw new IllegalArgumentException(
          "%d bytes of a file from %d on: neither can be negative".formatted(count, position));
    }
    return parameters.isMessageBased() || sends.datagrams().isOn()
        ? crossing.failLater(new CompletableFuture<>(), FileSends.unsupported(endpoint))
        : sends.sendFile(file, position, count);
  }

  @Override
  public boolean trySend(Payload content) {
    return sends.trySend(Objects.requireNonNull(content, "content"));
  }

  @Override
  public CompletableFuture<Void> room() {
    return sends.room();
  }

  @Override
  public void sendIdempotent(Payload content, SendOptions options) {
    Objects.requireNonNull(content, "content");
    Objects.requireNonNull(options, "options");
    sends.sendIdempotent(content, ControlFrames.checked(parameters, content, options));
  }

  @Override
  public CompletableFuture<Received> receive(int minimumIncompleteLength, int maximumLength) {
    return reads.add(Read.bytes(minimumIncompleteLength, maximumLength));
  }

  @Override
  public CompletableFuture<Received> receiveMessage() {
    return reads.add(Read.message());
  }

  @Override
  public <T> CompletableFuture<T> receiveMessage(Decoder<? extends T> decoder) {
    return DecodedRead.of(decoder, reads);
  }

  @Override
  public Flow.Publisher<Received> messages() {
    return reads.messages();
  }

  @Override
  public Flow.Publisher<ByteBuffer> bytes() {
    return parameters.isMessageBased() ? reads.noBytes(endpoint) : reads.bytes();
  }

  @Override
  public void restart() {
    onLoop(life::retry);
  }

  @Override
  public void cancelCurrentEndpoint() {
    onLoop(life::cancelCurrentEndpoint);
  }

  @Override
  public CompletableFuture<Void> cancel() {
    end(Event.CANCEL);
    return reports.cancelled().future();
  }

  @Override
  public void forceCancel() {
    end(Event.FORCE_CANCEL);
  }

  @Override
  public void close() {
    end(Event.CANCEL);
  }

  @Override
  public String toString() {
    return "connection with " + endpoint;
  }

  /** Is cancelled since its network is closed, of which the peer is told where that is possible. */
  public void goAway() {
    end(life::goAway);
  }

  private void end(Event event) {
    end(cause -> life.cancelled(event, cause));
  }

  private void end(Consumer<CancelledException> onLoop) {
    CancelledException cause = new CancelledException(this + " was cancelled");
    started = true;
    reports.endAsked();
    sends.close(cause); // at once: what this thread sends from now on is not taken any more
    crossing.toLoop(() -> onLoop.accept(cause), () -> endWithoutLoop(cause));
  }

  /** Is cancelled by its group, on the loop. Handed over, it may still be started, to be told. */
  void endWithGroup(Event event, CancelledException cause) {
    crossing.loop().assertInLoop();
    reports.endAsked();
    sends.close(cause);
    life.cancelled(event, cause);
  }

  /** The network was closed between the last look at it and the start. */
  private void startWithoutLoop(Handler handler) {
    CancelledException cause = new CancelledException(this + " was cancelled");
    sends.end(cause);
    crossing.queue().execute(() -> reads.cancel(cause));
    reports.startedWithoutLoop(handler);
  }

  /** The network is closed, and this connection was never started: only futures are left. */
  private void endWithoutLoop(CancelledException cause) {
    sends.end(cause);
    crossing.queue().execute(() -> reads.cancel(cause));
    reports.endedWithoutLoop();
  }

  @Override
  public void batch(Runnable sends) {
    Objects.requireNonNull(sends, "sends");
    batches().run(sends);
  }

  private Batches batches() {
    Batches known = batches;
    if (known != null) {
      return known;
    }
    Batches made = new Batches(this::wakeUpLoop);
    return BATCHES.compareAndSet(this, null, made) ? made : batches();
  }

  /** By a producer, on its thread. */
  private void wakeUp() {
    Batches known = batches;
    if (known == null) {
      wakeUpLoop();
    } else {
      known.wakeUp();
    }
  }

  private void wakeUpLoop() {
    if (crossing.loop().inLoop()) {
      life.wakeUp();
    } else {
      onLoop(wakeUp);
    }
  }

  private void endRead() {
    onLoop(life::endRead);
  }

  /** Once the network is closed, every connection that held anything has ended. */
  private void onLoop(Runnable task) {
    crossing.toLoop(task, () -> {});
  }
}
