package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Security;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Port;
import dev.earshot.spi.StreamSecurity;
import dev.earshot.testing.MemorySecurity;
import dev.earshot.testing.MemoryTransport;
import dev.earshot.testing.MemoryWire;
import dev.earshot.testing.RecordingHandler;
import dev.earshot.testing.VirtualExecutor;
import dev.earshot.testing.VirtualTime;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Two computers on a wire in virtual time: here connections are made, there they are accepted. */
final class Neighbours {
  static final String HERE = "10.0.0.1";
  static final String THERE = "10.0.0.2";
  static final int PORT = 4242;
  static final Endpoint ENDPOINT = Endpoint.hostPort(THERE, PORT);

  final VirtualTime time;
  final MemoryWire wire;
  final MemoryTransport hereTransport;
  final MemoryTransport thereTransport;
  final FakeHost here;
  final FakeHost there;
  final VirtualExecutor queue;
  final VirtualExecutor thereQueue;
  final RecordingHandler handler;
  final RecordingHandler thereHandler;
  final List<LiveConnection> accepted = new ArrayList<>();
  int handshakesOver;
  private boolean startAccepted = true;

  Neighbours() {
    this(1);
  }

  Neighbours(long seed) {
    time = new VirtualTime(seed);
    wire = new MemoryWire(time);
    hereTransport = wire.computer(HERE);
    thereTransport = wire.computer(THERE);
    here = new FakeHost(hereTransport, time.executor("fallback here"));
    there = new FakeHost(thereTransport, time.executor("fallback there"));
    queue = time.executor("queue here");
    thereQueue = time.executor("queue there");
    handler = RecordingHandler.on(queue);
    thereHandler = RecordingHandler.on(thereQueue);
  }

  /** Accepted connections are left alone from now on. */
  Neighbours leaveAccepted() {
    startAccepted = false;
    return this;
  }

  Neighbours listen(Parameters parameters) {
    Loop loop = thereTransport.nextLoop();
    ListenRequest request =
        new ListenRequest(
            List.of(new InetSocketAddress(MemoryWire.address("0.0.0.0"), PORT)),
            parameters,
            security(parameters));
    loop.execute(() -> thereTransport.listen(loop, request, new Accepting(parameters)));
    time.runUntilIdle();
    return this;
  }

  LiveConnection connection(Parameters parameters) {
    return connection(ENDPOINT, parameters);
  }

  LiveConnection connection(Endpoint to, Parameters parameters) {
    return LiveConnection.outgoing(
        here,
        to,
        parameters,
        new Protection(security(parameters), Optional.empty(), Optional.empty()));
  }

  /** Starts {@code connection} with the recording handler. */
  LiveConnection start(LiveConnection connection) {
    connection.start(handler, queue);
    return connection;
  }

  /** A connection that is ready, and whose other end is. */
  LiveConnection connected(Parameters parameters) {
    listen(parameters);
    LiveConnection connection = start(connection(parameters));
    passing(Duration.ofMillis(100));
    assertThat(connection.state()).isInstanceOf(Connection.State.Ready.class);
    assertThat(other().state()).isInstanceOf(Connection.State.Ready.class);
    return connection;
  }

  /** The other end of the last connection. */
  LiveConnection other() {
    assertThat(accepted).isNotEmpty();
    return accepted.get(accepted.size() - 1);
  }

  void passing(Duration duration) {
    time.advance(duration);
  }

  /** What {@code future} failed with. */
  static Throwable failure(CompletableFuture<?> future) {
    assertThat(future).isCompletedExceptionally();
    try {
      future.join();
    } catch (CompletionException e) {
      return e.getCause();
    }
    throw new AssertionError("did not fail");
  }

  /** Finds fault with anything that is still held or was done against the rules. */
  void verifyNothingIsHeld() {
    assertThat(here.open()).isEmpty();
    assertThat(there.open()).isEmpty();
    assertThat(wire.open()).filteredOn(open -> !open.startsWith("port")).isEmpty();
    assertThat(time.pendingTimers()).isZero();
    verifyRules();
  }

  void verifyRules() {
    assertThat(handler.states().toString()).doesNotContain("mistake of the library");
    assertThat(thereHandler.states().toString()).doesNotContain("mistake of the library");
    assertThat(handler.violations()).isEmpty();
    assertThat(thereHandler.violations()).isEmpty();
    assertThat(here.mistakes()).isEmpty();
    assertThat(there.mistakes()).isEmpty();
  }

  private static Optional<StreamSecurity> security(Parameters parameters) {
    return parameters.security() instanceof Security.None
        ? Optional.empty()
        : Optional.of(new MemorySecurity().streamSecurity(parameters.security()));
  }

  private final class Accepting implements Port.Events {
    private final Parameters parameters;

    private Accepting(Parameters parameters) {
      this.parameters = parameters;
    }

    @Override
    public void bound(int number) {}

    @Override
    public void accepted(Arrival arrival) {

      LiveConnection made =
          LiveConnection.incoming(there, arrival, parameters, () -> handshakesOver++);
      accepted.add(made);
      if (startAccepted) {
        made.start(thereHandler, thereQueue);
      }
    }

    @Override
    public void failed(NetworkException cause) {
      throw new AssertionError(cause);
    }
  }
}
