package dev.earshot.internal.connection;

import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.HttpUpgrade;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SecurityMetadata;
import dev.earshot.SendOptions;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.spi.StreamSecurity;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

/** The connection behind {@link Connection}. Every method may be called on any thread. */
public final class LiveConnection implements Connection {
  private final Endpoint endpoint;
  private final Parameters parameters;

  private LiveConnection(Endpoint endpoint, Parameters parameters) {
    this.endpoint = endpoint;
    this.parameters = parameters;
  }

  /** A connection to {@code to}, which holds nothing until it is started. */
  public static LiveConnection outgoing(
      ConnectionHost host, Endpoint to, Parameters parameters, Optional<StreamSecurity> security) {
    return new LiveConnection(to, parameters);
  }

  /**
   * A connection that a listener accepted. It closes the arrival unless it is started within ten
   * seconds. To be called on the arrival's loop or any other thread.
   *
   * @param handshakeOver called once, on the arrival's loop, when the handshakes are over one way
   *     or the other: done, failed, cancelled, or never begun
   */
  public static LiveConnection incoming(
      ConnectionHost host, Arrival arrival, Parameters parameters, Runnable handshakeOver) {
    return new LiveConnection(
        Endpoint.of(arrival.path().remoteEndpoint().orElseThrow()), parameters);
  }

  /** Takes note that the links of this computer have changed. */
  public void linksChanged(List<LinkState> links) {}

  @Override
  public Connection start(Handler handler, Executor queue) {
    throw new IllegalStateException("not yet");
  }

  @Override
  public Connection start() {
    throw new IllegalStateException("not yet");
  }

  @Override
  public State state() {
    return new State.Setup();
  }

  @Override
  public Optional<NetworkPath> currentPath() {
    return Optional.empty();
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
    return Optional.empty();
  }

  @Override
  public Optional<HttpUpgrade> upgrade() {
    return Optional.empty();
  }

  @Override
  public int maximumDatagramSize() {
    return 0;
  }

  @Override
  public CompletableFuture<Connection> ready() {
    return notYet();
  }

  @Override
  public CompletableFuture<Void> send(Payload content, SendOptions options) {
    return notYet();
  }

  @Override
  public CompletableFuture<Void> send(Payload content) {
    return notYet();
  }

  @Override
  public boolean trySend(Payload content) {
    return false;
  }

  @Override
  public void sendIdempotent(Payload content, SendOptions options) {}

  @Override
  public CompletableFuture<Received> receive(int minimumIncompleteLength, int maximumLength) {
    return notYet();
  }

  @Override
  public CompletableFuture<Received> receiveMessage() {
    return notYet();
  }

  @Override
  public Flow.Publisher<Received> messages() {
    throw new IllegalStateException("not yet");
  }

  @Override
  public void restart() {}

  @Override
  public void cancelCurrentEndpoint() {}

  @Override
  public CompletableFuture<Void> cancel() {
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void forceCancel() {}

  @Override
  public void close() {}

  private static <T> CompletableFuture<T> notYet() {
    return CompletableFuture.failedFuture(new CancelledException("not yet"));
  }
}
