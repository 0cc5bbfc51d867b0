package dev.earshot.internal.connection;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.DataTransferReport;
import dev.earshot.Endpoint;
import dev.earshot.EstablishmentReport;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.QuicOptions;
import dev.earshot.SecurityMetadata;
import dev.earshot.UdpOptions;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.Loop;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The group behind {@link ConnectionGroup}: a {@link LiveConnection}, the trunk, has its life, and
 * {@link GroupStreams} its connections. Every method may be called on any thread.
 */
public final class LiveGroup implements ConnectionGroup {
  private final ConnectionHost host;
  private final Loop loop;
  private final GroupStreams streams;
  private final LiveConnection trunk;
  private final LiveConnection datagrams;
  private final AtomicReference<Handler> handler = new AtomicReference<>();

  private LiveGroup(ConnectionHost host, Loop loop, Side.Maker side) {
    this.host = host;
    this.loop = loop;
    this.streams = new GroupStreams(host, loop, this);
    this.trunk =
        new LiveConnection(
            host,
            loop,
            (crossing, counted) -> new GroupSide(side.make(crossing, counted), streams));
    this.datagrams = within(StreamSide.Kind.DATAGRAMS, asDatagrams(trunk.parameters()));
    host.made(datagrams); // if the network is closed, so is the group
  }

  /** A group with {@code to}, which holds nothing until it is started. */
  public static LiveGroup outgoing(
      ConnectionHost host, Endpoint to, Parameters parameters, Protection protection) {
    OutgoingAttempt.Request request = new OutgoingAttempt.Request(to, parameters, protection);
    return new LiveGroup(
        host,
        host.transport().nextLoop(),
        (crossing, counted) -> OutgoingSide.ofGroup(host, crossing, request, counted));
  }

  /** A group that a listener accepted; as {@link LiveConnection#incoming} in everything else. */
  public static LiveGroup incoming(
      ConnectionHost host, Arrival arrival, Parameters parameters, Runnable handshakeOver) {
    LiveGroup made =
        new LiveGroup(
            host,
            arrival.loop(),
            (crossing, counted) ->
                new IncomingSide(host, arrival, parameters, handshakeOver, counted));
    made.trunk.held();
    return made;
  }

  /** What has the life of this group: what a network counts and cancels. */
  public LiveConnection trunk() {
    return trunk;
  }

  /** A channel for datagrams is what UDP is. */
  private static Parameters asDatagrams(Parameters parameters) {
    UdpOptions.Builder options = UdpOptions.builder();
    if (parameters.protocol() instanceof Protocol.Quic quic && quic.options().datagrams()) {
      QuicOptions asked = quic.options();
      options.maximumDatagramSize(asked.maximumDatagramSize());
    }
    Protocol udp = new Protocol.Udp(options.build());
    return parameters.toBuilder().protocol(udp).withoutFramer().build();
  }

  private LiveConnection within(StreamSide.Kind kind, Parameters parameters) {
    ConnectionHost counting = streams.host();
    StreamSide.Facts facts = new StreamSide.Facts(kind, trunk.endpoint(), parameters);
    return new LiveConnection(
        counting, loop, (crossing, counted) -> new StreamSide(host, streams, facts, counted));
  }

  /** Lets the network know of a connection that holds nothing yet. */
  private LiveConnection noted(LiveConnection made) {
    if (!host.made(made)) {
      throw new IllegalStateException(this + " is of a network that is closed");
    }
    return made;
  }

  /** The peer has opened a stream. On the loop. */
  void handOver(LiveConnection stream) {
    trunk.onQueue(() -> handOverOnQueue(stream));
  }

  private void handOverOnQueue(LiveConnection stream) {
    Handler told = handler.get();
    try {
      if (told == null) {
        stream.forceCancel();
      } else {
        told.newStream(this, stream);
      }
    } catch (RuntimeException | Error e) {
      if (stream.state() instanceof Connection.State.Setup) {
        stream.forceCancel(); // nobody is going to start it
      }
      throw e; // the queue logs it
    }
  }

  @Override
  public ConnectionGroup start(Handler handler, Executor queue) {
    Objects.requireNonNull(handler, "handler");
    Objects.requireNonNull(queue, "queue");
    boolean first = this.handler.compareAndSet(null, handler); // before a stream can arrive
    try {
      trunk.start(new Relay(handler), queue); // throws if it was started before
    } catch (IllegalStateException e) {
      if (first) {
        this.handler.compareAndSet(handler, null);
      }
      throw e;
    }
    return this;
  }

  @Override
  public ConnectionGroup start() {
    trunk.start();
    return this;
  }

  @Override
  public Connection.State state() {
    return trunk.state();
  }

  @Override
  public Optional<NetworkPath> currentPath() {
    return trunk.currentPath();
  }

  @Override
  public Endpoint endpoint() {
    return trunk.endpoint();
  }

  @Override
  public Parameters parameters() {
    return trunk.parameters();
  }

  @Override
  public Optional<SecurityMetadata> securityMetadata() {
    return trunk.securityMetadata();
  }

  @Override
  public Optional<EstablishmentReport> establishmentReport() {
    return trunk.establishmentReport();
  }

  @Override
  public CompletableFuture<DataTransferReport> dataTransferReport() {
    return trunk.dataTransferReport(); // to which the side adds the streams
  }

  @Override
  public CompletableFuture<ConnectionGroup> ready() {
    return trunk.ready().thenApply(connection -> this);
  }

  @Override
  public Connection openStream() {
    return noted(within(StreamSide.Kind.STREAM, trunk.parameters()));
  }

  @Override
  public Connection datagrams() {
    return datagrams;
  }

  @Override
  public void restart() {
    trunk.restart();
  }

  @Override
  public void cancelCurrentEndpoint() {
    trunk.cancelCurrentEndpoint();
  }

  @Override
  public CompletableFuture<Void> cancel() {
    return trunk.cancel();
  }

  @Override
  public void forceCancel() {
    trunk.forceCancel();
  }

  @Override
  public void close() {
    trunk.close();
  }

  @Override
  public String toString() {
    return "group with " + endpoint();
  }

  /** Tells a group's handler what is told of the trunk. */
  private final class Relay implements Connection.Handler {
    private final Handler to;

    Relay(Handler to) {
      this.to = to;
    }

    @Override
    public void stateUpdated(Connection connection, Connection.State state) {
      to.stateUpdated(LiveGroup.this, state);
    }

    @Override
    public void viabilityUpdated(Connection connection, boolean viable) {
      to.viabilityUpdated(LiveGroup.this, viable);
    }

    @Override
    public void betterPathUpdated(Connection connection, boolean available) {
      to.betterPathUpdated(LiveGroup.this, available);
    }

    @Override
    public void pathUpdated(Connection connection, NetworkPath path) {
      to.pathUpdated(LiveGroup.this, path);
    }
  }
}
