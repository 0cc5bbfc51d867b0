package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.CancelledException;
import dev.earshot.ClosedByPeerException;
import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.ConnectionLostException;
import dev.earshot.Endpoint;
import dev.earshot.Framer;
import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.TrustEvaluator;
import dev.earshot.UnreachableException;
import dev.earshot.UnsupportedException;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Port;
import dev.earshot.testing.LinkFault;
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
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How groups live and end, with all that belongs to them, in virtual time. */
class GroupRulesTest {
  private static final Endpoint THERE = Endpoint.hostPort("10.0.0.2", 4242);
  private static final Duration WHILE = Duration.ofMillis(100);

  private final VirtualTime time = new VirtualTime(7);
  private final MemoryWire wire = new MemoryWire(time);
  private final MemoryTransport hereTransport = wire.computer("10.0.0.1");
  private final MemoryTransport thereTransport = wire.computer("10.0.0.2");
  private final FakeHost here = new FakeHost(hereTransport, time.executor("fallback here"));
  private final FakeHost there = new FakeHost(thereTransport, time.executor("fallback there"));
  private final VirtualExecutor queue = time.executor("queue");
  private final Recorder handler = new Recorder();
  private final Recorder thereHandler = new Recorder();
  private final List<LiveGroup> accepted = new ArrayList<>();
  private Consumer<Connection> onArrival = stream -> {};
  private boolean framed;

  /** What a group tells. */
  private final class Recorder implements ConnectionGroup.Handler {
    private final List<String> states = new ArrayList<>();
    private final List<Connection> streams = new ArrayList<>();

    @Override
    public void stateUpdated(ConnectionGroup group, Connection.State state) {
      states.add(state.getClass().getSimpleName());
    }

    @Override
    public void newStream(ConnectionGroup group, Connection stream) {
      streams.add(stream);
      onArrival.accept(stream);
    }
  }

  @AfterEach
  void nothingIsHeld() {
    here.open().stream().toList().forEach(LiveConnection::forceCancel);
    there.open().stream().toList().forEach(LiveConnection::forceCancel);
    time.advance(Duration.ofSeconds(5));
    assertThat(here.open()).isEmpty();
    assertThat(there.open()).isEmpty();
    assertThat(here.mistakes()).isEmpty();
    assertThat(there.mistakes()).isEmpty();
    assertThat(wire.open()).filteredOn(open -> !open.startsWith("port")).isEmpty();
    assertThat(time.pendingTimers()).isZero();
    assertThat(handler.states.toString() + thereHandler.states).doesNotContain("broken");
  }

  @Test
  void aGroupHasTheStatesOfAConnection() {
    LiveGroup group = connected(options());
    assertThat(handler.states).containsExactly("Preparing", "Ready");
    assertThat(group.ready()).isNotCompletedExceptionally();
    assertThat(group.securityMetadata().orElseThrow().applicationProtocol()).contains("x");
    assertThatThrownBy(() -> group.start(handler, queue)).isInstanceOf(IllegalStateException.class);
    group.cancel();
    time.advance(WHILE);
    assertThat(handler.states).endsWith("Cancelled");
    assertThat(thereHandler.states).endsWith("Failed");
    assertThat(cause(accepted.get(0).state())).isInstanceOf(ClosedByPeerException.class);
  }

  @Test
  void aHandlerThatComesTooLateIsToldNothing() {
    listen(options());
    LiveGroup group = outgoing(options());
    group.start();
    time.advance(WHILE);
    assertThatThrownBy(() -> group.start(handler, queue)).isInstanceOf(IllegalStateException.class);
    Connection refused = accepted.get(0).openStream().start();
    refused.send(Payload.utf8("to nobody"), SendOptions.FINAL);
    time.advance(WHILE);
    assertThat(handler.streams).isEmpty();
  }

  @Test
  void aStreamThatIsStartedBeforeItsGroupWaitsForIt() {
    listen(options());
    LiveGroup group = outgoing(options());
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("early"), SendOptions.FINAL);
    time.advance(WHILE);
    assertThat(stream.state()).isInstanceOf(Connection.State.Preparing.class);
    group.start(handler, queue);
    time.advance(WHILE);
    assertThat(stream.state()).isInstanceOf(Connection.State.Ready.class);
    CompletableFuture<Received> read = thereHandler.streams.get(0).start().receive(5, 5);
    time.advance(WHILE);
    assertThat(read.join().content()).isEqualTo(Payload.utf8("early"));
  }

  @Test
  void aStreamOfAGroupThatFailsFailsForTheSameReason() {
    listen(QuicOptions.builder("y").build());
    LiveGroup group = outgoing(options());
    Connection stream = group.openStream().start();
    group.start(handler, queue);
    time.advance(WHILE);
    assertThat(handler.states).containsExactly("Preparing", "Failed");
    assertThat(cause(stream.state()))
        .isSameAs(cause(group.state()))
        .isInstanceOf(HandshakeException.class);
    Connection late = group.openStream().start();
    time.advance(WHILE);
    assertThat(cause(late.state())).isSameAs(cause(group.state()));
  }

  @Test
  void aGroupThatCannotBeReachedWaitsAndItsStreamsWithIt() {
    LiveGroup group = outgoing(options());
    Connection stream = group.openStream().start();
    group.start(handler, queue);
    time.advance(WHILE);
    assertThat(handler.states).containsExactly("Preparing", "Waiting");
    assertThat(stream.state()).isInstanceOf(Connection.State.Preparing.class);
    listen(options());
    group.restart();
    time.advance(WHILE);
    assertThat(stream.state()).isInstanceOf(Connection.State.Ready.class);
  }

  @Test
  void cancelSendsWhatWasTakenAndEndsAllWithinASecond() {
    LiveGroup group = connected(options());
    Connection stream = group.openStream().start();
    time.advance(WHILE);
    stream.send(Payload.utf8("last"));
    CompletableFuture<Received> read = stream.receiveMessage();
    CompletableFuture<Void> cancelled = group.cancel();
    time.advance(WHILE);
    Connection other = thereHandler.streams.get(0).start();
    CompletableFuture<Received> last = other.receiveMessage();
    time.advance(Duration.ofSeconds(1));
    assertThat(last.join().content()).isEqualTo(Payload.utf8("last"));
    assertThat(cancelled).isCompleted();
    assertThat(stream.state()).isInstanceOf(Connection.State.Cancelled.class);
    assertThat(Neighbours.failure(read))
        .isInstanceOf(CancelledException.class)
        .hasMessageContaining("the group was cancelled");
  }

  @Test
  void forceCancelEndsAllAtOnce() {
    LiveGroup group = connected(options());
    Connection stream = group.openStream().start();
    time.advance(WHILE);
    group.forceCancel();
    time.runUntilIdle();
    assertThat(stream.state()).isInstanceOf(Connection.State.Cancelled.class);
    time.advance(WHILE);
    assertThat(cause(accepted.get(0).state())).isInstanceOf(ConnectionLostException.class);
  }

  @Test
  void aStreamThatIsCancelledLeavesTheGroupAsItIs() {
    LiveGroup group = connected(options());
    Connection stream = group.openStream().start();
    time.advance(WHILE);
    stream.forceCancel();
    time.advance(WHILE);
    assertThat(group.state()).isInstanceOf(Connection.State.Ready.class);
    Connection other = thereHandler.streams.get(0).start();
    time.advance(WHILE);
    assertThat(other.state()).isInstanceOf(Connection.State.Failed.class);
  }

  @Test
  void streamsBeyondWhatThePeerPermitsWaitAndGoOnByThemselves() {
    LiveGroup group = connected(options(), QuicOptions.builder("x").maximumStreams(1).build());
    Connection first = group.openStream().start();
    Connection second = group.openStream().start();
    time.advance(WHILE);
    assertThat(first.state()).isInstanceOf(Connection.State.Ready.class);
    assertThat(second.state()).isInstanceOf(Connection.State.Waiting.class);
    assertThat(((Connection.State.Waiting) second.state()).reason())
        .isInstanceOf(UnreachableException.class);
    first.forceCancel();
    time.advance(WHILE);
    assertThat(second.state()).isInstanceOf(Connection.State.Ready.class);
  }

  @Test
  void aFramerMakesMessagesOfStreamsAndOfNothingElse() {
    framed = true;
    LiveGroup group = connected(options());
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("one"));
    stream.send(Payload.utf8("two"));
    time.advance(WHILE);
    Connection other = thereHandler.streams.get(0).start();
    CompletableFuture<Received> one = other.receiveMessage();
    CompletableFuture<Received> two = other.receiveMessage();
    time.advance(WHILE);
    assertThat(one.join().content().toUtf8String()).isEqualTo("one");
    assertThat(two.join().content().toUtf8String()).isEqualTo("two");
    assertThat(group.datagrams().parameters().framer()).isEmpty();
    assertThat(group.state()).isInstanceOf(Connection.State.Ready.class);
  }

  @Test
  void aStreamThatWaitsEndsWithItsGroup() {
    LiveGroup group = connected(options(), QuicOptions.builder("x").maximumStreams(0).build());
    Connection stream = group.openStream().start();
    time.advance(WHILE);
    assertThat(stream.state()).isInstanceOf(Connection.State.Waiting.class);
    wire.strike(LinkFault.CUT);
    time.advance(WHILE);
    assertThat(cause(group.state())).isInstanceOf(ConnectionLostException.class);
    assertThat(cause(stream.state())).isInstanceOf(ConnectionLostException.class);
  }

  @Test
  void aStreamThatIsNotStartedInTimeIsReset() {
    LiveGroup group = connected(options());
    Connection stream = group.openStream().start();
    time.advance(Duration.ofSeconds(11));
    assertThat(thereHandler.streams.get(0).state()).isInstanceOf(Connection.State.Failed.class);
    assertThat(stream.state()).isInstanceOf(Connection.State.Failed.class);
    assertThat(group.state()).isInstanceOf(Connection.State.Ready.class);
  }

  @Test
  void aGroupWithoutAHandlerRefusesStreams() {
    listen(options());
    LiveGroup group = outgoing(options());
    group.start();
    time.advance(WHILE);
    Connection stream = accepted.get(0).openStream().start();
    time.advance(WHILE);
    assertThat(stream.state()).isInstanceOf(Connection.State.Failed.class);
  }

  @Test
  void aConnectionByItselfEndsTheGroupThatItIs() {
    listen(options());
    LiveConnection alone =
        LiveConnection.outgoing(here, THERE, parameters(options()), Protection.NONE);
    alone.start();
    time.advance(WHILE);
    assertThat(alone.state()).isInstanceOf(Connection.State.Ready.class);
    Connection other = thereHandler.streams.get(0).start();
    alone.send(Payload.utf8("q"), SendOptions.FINAL);
    other.send(Payload.utf8("a"), SendOptions.FINAL);
    CompletableFuture<Received> answer = alone.receiveMessage();
    CompletableFuture<Received> end = alone.receiveMessage();
    other.receiveMessage();
    other.receiveMessage();
    time.advance(Duration.ofSeconds(2));
    assertThat(answer.join().content()).isEqualTo(Payload.utf8("a"));
    assertThat(end.join().endOfStream()).isTrue();
    assertThat(alone.state()).isInstanceOf(Connection.State.Cancelled.class);
    assertThat(cause(accepted.get(0).state())).isInstanceOf(ClosedByPeerException.class);
  }

  @Test
  void whatBothSidesHaveEndedCanStillBeReadWhenTheGroupFails() {
    LiveGroup group = connected(options());
    Connection stream = finishedAndUnread(group);
    wire.strike(LinkFault.CUT);
    time.advance(WHILE);
    assertThat(group.state()).isInstanceOf(Connection.State.Failed.class);
    assertThat(stream.state()).isInstanceOf(Connection.State.Ready.class);
    CompletableFuture<Received> answer = stream.receive(1, 10);
    CompletableFuture<Received> end = stream.receive(1, 10);
    time.advance(WHILE);
    assertThat(answer.join().content()).isEqualTo(Payload.utf8("a"));
    assertThat(answer.join().endOfStream() || end.join().endOfStream()).isTrue();
    assertThat(stream.state()).isInstanceOf(Connection.State.Cancelled.class);
  }

  @Test
  void cancelOnAGroupThatHasFailedCancelsWhatIsLeftOfIt() {
    LiveGroup group = connected(options());
    Connection stream = finishedAndUnread(group);
    wire.strike(LinkFault.CUT);
    time.advance(WHILE);
    group.cancel();
    time.advance(WHILE);
    assertThat(stream.state()).isInstanceOf(Connection.State.Cancelled.class);
    CompletableFuture<Received> late = stream.receive(1, 10);
    time.advance(WHILE);
    assertThat(Neighbours.failure(late)).isInstanceOf(CancelledException.class);
  }

  /** Both sides have said their last, and this one has not read it. */
  private Connection finishedAndUnread(LiveGroup group) {
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("q"), SendOptions.FINAL);
    time.advance(WHILE);
    Connection other = thereHandler.streams.get(0).start();
    other.receive(1, 10);
    other.receive(1, 10);
    other.send(Payload.utf8("a"), SendOptions.FINAL);
    time.advance(WHILE);
    assertThat(stream.state()).isInstanceOf(Connection.State.Ready.class);
    return stream;
  }

  @Test
  void aStreamThatComesAsItsGroupIsCancelledCanBeStartedAndIsTold() {
    LiveGroup group = connected(options());
    RecordingHandler told = new RecordingHandler();
    queue.pause();
    accepted.get(0).openStream().start();
    time.advance(WHILE);
    group.cancel();
    time.advance(Duration.ofSeconds(2));
    onArrival = stream -> stream.start(told, queue);
    queue.resume();
    time.advance(WHILE);
    assertThat(handler.streams).hasSize(1);
    assertThat(told.stateNames()).containsExactly("Cancelled");
  }

  @Test
  void datagramsGoBothWaysAndEndWithTheGroup() {
    LiveGroup group = connected(withDatagrams());
    Connection here = group.datagrams().start();
    Connection there = accepted.get(0).datagrams().start();
    time.advance(WHILE);
    assertThat(here.state()).isInstanceOf(Connection.State.Ready.class);
    assertThat(here.maximumDatagramSize()).isEqualTo(1_200);
    here.send(Payload.utf8("ping"));
    there.send(Payload.utf8("pong"));
    CompletableFuture<Received> ping = there.receiveMessage();
    CompletableFuture<Received> pong = here.receiveMessage();
    time.advance(WHILE);
    assertThat(ping.join().content()).isEqualTo(Payload.utf8("ping"));
    assertThat(pong.join().content()).isEqualTo(Payload.utf8("pong"));
    CompletableFuture<Received> never = there.receiveMessage();
    group.cancel();
    time.advance(Duration.ofSeconds(2));
    assertThat(here.state()).isInstanceOf(Connection.State.Cancelled.class);
    assertThat(there.state()).isInstanceOf(Connection.State.Failed.class);
    assertThat(never).isCompletedExceptionally();
    assertThat(here.maximumDatagramSize()).isZero();
  }

  @Test
  void datagramsThatTheOtherSideHasNotFailAndTheGroupGoesOn() {
    LiveGroup group = connected(withDatagrams(), options());
    Connection datagrams = group.datagrams().start();
    CompletableFuture<Void> sent = datagrams.send(Payload.utf8("nobody"));
    time.advance(WHILE);
    assertThat(cause(datagrams.state())).isInstanceOf(UnsupportedException.class);
    assertThat(Neighbours.failure(sent)).isSameAs(cause(datagrams.state()));
    assertThat(group.state()).isInstanceOf(Connection.State.Ready.class);
  }

  /** Whatever is done to the wire, everything that is outstanding completes. */
  @ParameterizedTest
  @EnumSource(LinkFault.class)
  void everyFaultEndsInCompletion(LinkFault fault) {
    wire.plan(fault);
    listen(options());
    LiveGroup group = outgoing(options());
    group.start(handler, queue);
    Connection stream = group.openStream().start();
    List<CompletableFuture<?>> outstanding = new ArrayList<>();
    outstanding.add(stream.send(Payload.wrap(new byte[200_000])));
    outstanding.add(stream.send(Payload.wrap(new byte[2 << 20])));
    outstanding.add(stream.receive(1, 10));
    outstanding.add(stream.ready());
    outstanding.add(group.ready());
    time.advance(Duration.ofSeconds(3));
    outstanding.add(group.cancel());
    time.advance(Duration.ofSeconds(2));
    assertThat(outstanding).allMatch(CompletableFuture::isDone);
    assertThat(handler.states).endsWith("Cancelled");
    assertThat(stream.state())
        .isInstanceOfAny(Connection.State.Cancelled.class, Connection.State.Failed.class);
  }

  private static QuicOptions withDatagrams() {
    return QuicOptions.builder("x").datagrams().build();
  }

  private static QuicOptions options() {
    return QuicOptions.builder("x").build();
  }

  private Parameters parameters(QuicOptions options) {
    Parameters.Builder builder =
        Parameters.quic(options).security(Security.pki(TrustEvaluator.system()));
    return framed ? builder.framer(Framer.lengthPrefixed(2)).build() : builder.build();
  }

  private static NetworkException cause(Connection.State state) {
    assertThat(state).isInstanceOf(Connection.State.Failed.class);
    return ((Connection.State.Failed) state).cause();
  }

  private LiveGroup outgoing(QuicOptions options) {
    return LiveGroup.outgoing(here, THERE, parameters(options), Protection.NONE);
  }

  private LiveGroup connected(QuicOptions options) {
    return connected(options, options);
  }

  private LiveGroup connected(QuicOptions options, QuicOptions theirs) {
    listen(theirs);
    LiveGroup group = outgoing(options);
    group.start(handler, queue);
    time.advance(WHILE);
    assertThat(group.state()).isInstanceOf(Connection.State.Ready.class);
    return group;
  }

  private void listen(QuicOptions options) {
    Parameters parameters = parameters(options);
    Loop loop = thereTransport.nextLoop();
    ListenRequest request =
        new ListenRequest(
            List.of(new InetSocketAddress(MemoryWire.address("0.0.0.0"), 4242)),
            parameters,
            Optional.empty());
    loop.execute(() -> thereTransport.listen(loop, request, new Accepting(parameters)));
    time.runUntilIdle();
  }

  private final class Accepting implements Port.Events {
    private final Parameters parameters;

    Accepting(Parameters parameters) {
      this.parameters = parameters;
    }

    @Override
    public void bound(int number) {}

    @Override
    public void accepted(Arrival arrival) {
      LiveGroup made = LiveGroup.incoming(there, arrival, parameters, () -> {});
      accepted.add(made);
      made.start(thereHandler, time.executor("queue there"));
    }

    @Override
    public void failed(NetworkException cause) {
      throw new AssertionError(cause);
    }
  }
}
