package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.DataTransferReport;
import dev.earshot.Endpoint;
import dev.earshot.EstablishmentReport;
import dev.earshot.EstablishmentReport.AddressAttempt;
import dev.earshot.EstablishmentReport.Handshake;
import dev.earshot.EstablishmentReport.Outcome;
import dev.earshot.Framer;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.TrustEvaluator;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.ListenRequest;
import dev.earshot.spi.Loop;
import dev.earshot.spi.Port;
import dev.earshot.testing.MemoryTransport;
import dev.earshot.testing.MemoryWire;
import dev.earshot.testing.VirtualTime;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a group says of how it came about and of what its streams have carried. */
class GroupReportsTest {
  private static final String HERE = "10.0.0.1";
  private static final String THERE = "10.0.0.2";
  private static final int PORT = 4242;
  private static final Endpoint DEN = Endpoint.hostPort("den", PORT);
  private static final Duration WHILE = Duration.ofSeconds(1);
  private static final Parameters QUIC =
      Parameters.quic("x").security(Security.pki(TrustEvaluator.system())).build();

  private final VirtualTime time = new VirtualTime(7);
  private final MemoryWire wire = new MemoryWire(time);
  private final MemoryTransport hereTransport = wire.computer(HERE);
  private final MemoryTransport thereTransport = wire.computer(THERE);
  private final FakeHost here = new FakeHost(hereTransport, time.executor("fallback here"));
  private final FakeHost there = new FakeHost(thereTransport, time.executor("fallback there"));
  private final List<LiveGroup> accepted = new ArrayList<>();
  private final List<Connection> streams = new ArrayList<>();

  @Test
  void anEstablishmentIsReportedOnceReadyAndNotBefore() {
    listen(QUIC);
    // One that never answers, one where nobody listens, and the right one.
    here.name(DEN, at("10.0.0.99"), at(HERE), at(THERE));
    LiveGroup group = outgoing(DEN, QUIC);
    assertThat(group.establishmentReport()).isEmpty();
    start(group, Duration.ofSeconds(5));
    EstablishmentReport report = group.establishmentReport().orElseThrow();
    assertThat(report.waited()).isFalse();
    assertThat(report.resolution()).isPresent();
    assertThat(report.addresses())
        .extracting(AddressAttempt::outcome)
        .containsExactlyInAnyOrder(Outcome.FAILED, Outcome.CONNECTED, Outcome.ABANDONED);
    assertThat(report.handshakes()).extracting(Handshake::protocol).containsExactly("memory");
    assertThat(report.duration()).isGreaterThanOrEqualTo(AddressRace.STAGGER);
    EstablishmentReport other = accepted.get(0).establishmentReport().orElseThrow();
    assertThat(other.addresses()).isEmpty();
    assertThat(other.handshakes()).isEqualTo(report.handshakes());
  }

  @Test
  void attemptsThatCameToNothingAreCounted() {
    LiveGroup group = outgoing(Endpoint.hostPort(THERE, PORT), QUIC);
    start(group, Duration.ofSeconds(2));
    assertThat(group.state()).isInstanceOf(Connection.State.Waiting.class);
    assertThat(group.establishmentReport()).isEmpty();
    listen(QUIC);
    time.advance(Duration.ofSeconds(5));
    EstablishmentReport report = group.establishmentReport().orElseThrow();
    assertThat(report.previousAttempts()).isEqualTo(2);
    assertThat(report.duration()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
    assertThat(report.addresses()).hasSize(1);
  }

  @Test
  void aConnectionByItselfReportsTheHandshakeOfTheGroupThatItIs() {
    listen(QUIC);
    LiveConnection alone =
        LiveConnection.outgoing(here, Endpoint.hostPort(THERE, PORT), QUIC, Protection.NONE);
    alone.start();
    time.advance(WHILE);
    EstablishmentReport report = alone.establishmentReport().orElseThrow();
    assertThat(report.addresses()).hasSize(1);
    assertThat(report.handshakes()).extracting(Handshake::protocol).containsExactly("memory");
  }

  @Test
  void whatItsStreamsCarriedIsAddedUpAlsoWhenTheyHaveEnded() {
    Parameters framed = QUIC.toBuilder().framer(Framer.lengthPrefixed(2)).build();
    listen(framed);
    LiveGroup group = outgoing(Endpoint.hostPort(THERE, PORT), framed);
    assertThat(report(group).duration()).isZero();
    start(group, WHILE);
    Connection brief = group.openStream().start();
    Connection lasting = group.openStream().start();
    brief.send(Payload.wrap(new byte[100]), SendOptions.FINAL);
    lasting.send(Payload.wrap(new byte[20]));
    time.advance(WHILE);
    streams.get(0).send(Payload.wrap(new byte[3]), SendOptions.FINAL);
    streams.forEach(Connection::receiveMessage);
    brief.receiveMessage();
    lasting.receiveMessage();
    time.advance(WHILE);
    assertThat(brief.state()).isInstanceOf(Connection.State.Ready.class); // its end is not read
    assertThat(report(group)).isEqualTo(carried(group, 120, 2, 3, 1));
    brief.receiveMessage();
    time.advance(WHILE);
    assertThat(brief.state()).isInstanceOf(Connection.State.Cancelled.class);
    DataTransferReport between = report(group);
    assertThat(between).isEqualTo(carried(group, 120, 2, 3, 1));
    assertThat(report(accepted.get(0)).bytesReceived()).isEqualTo(120);
    lasting.send(Payload.wrap(new byte[5]));
    time.advance(WHILE);
    assertThat(report(group).since(between).bytesSent()).isEqualTo(5);
    assertThat(report(group).since(between).piecesSent()).isEqualTo(1);
    group.cancel();
    time.advance(Duration.ofSeconds(3));
    DataTransferReport last = report(group);
    assertThat(last.bytesSent()).isEqualTo(125);
    time.advance(WHILE);
    assertThat(report(group)).isEqualTo(last);
  }

  /** What a report says that carried this, of the group as it is now. */
  private DataTransferReport carried(
      LiveGroup group, long sent, long piecesSent, long received, long piecesReceived) {
    DataTransferReport now = report(group);
    return new DataTransferReport(
        now.duration(),
        sent,
        piecesSent,
        received,
        piecesReceived,
        group.currentPath(),
        Optional.empty());
  }

  private DataTransferReport report(ConnectionGroup group) {
    return time.await(group.dataTransferReport());
  }

  private static InetSocketAddress at(String address) {
    return new InetSocketAddress(MemoryWire.address(address), PORT);
  }

  private LiveGroup outgoing(Endpoint to, Parameters parameters) {
    return LiveGroup.outgoing(here, to, parameters, Protection.NONE);
  }

  private void start(LiveGroup group, Duration passing) {
    group.start(new ConnectionGroup.Handler() {}, time.executor("queue here"));
    time.advance(passing);
  }

  private void listen(Parameters parameters) {
    Loop loop = thereTransport.nextLoop();
    ListenRequest request =
        new ListenRequest(
            List.of(new InetSocketAddress(MemoryWire.address("0.0.0.0"), PORT)),
            parameters,
            Optional.empty());
    loop.execute(() -> thereTransport.listen(loop, request, new Accepting(parameters)));
    time.runUntilIdle();
  }

  private final class Accepting implements Port.Events, ConnectionGroup.Handler {
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
      made.start(this, time.executor("queue there"));
    }

    @Override
    public void newStream(ConnectionGroup group, Connection stream) {
      streams.add(stream.start());
    }

    @Override
    public void failed(NetworkException cause) {
      throw new AssertionError(cause);
    }
  }
}
