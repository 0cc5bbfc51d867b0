package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.DataTransferReport;
import dev.earshot.Endpoint;
import dev.earshot.EstablishmentReport;
import dev.earshot.EstablishmentReport.AddressAttempt;
import dev.earshot.EstablishmentReport.Handshake;
import dev.earshot.EstablishmentReport.Outcome;
import dev.earshot.Listener;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.TrustEvaluator;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What groups say of how they came about and of what they have carried, over real sockets. */
@Tag("network")
@ParameterizedClass
@MethodSource("natives")
class QuicReportsNetworkTest {
  private static final Duration WHILE = Duration.ofMillis(300);

  @Parameter String natives;

  private QuicPair pair;
  private final QuicPair.Side dialling = new QuicPair.Side();

  static Stream<String> natives() {
    return Natives.names();
  }

  @BeforeEach
  void open() {
    pair = new QuicPair(natives);
  }

  @AfterEach
  void close() {
    pair.close();
  }

  @Test
  void bothSidesReportTheHandshakeAndWhoDialsTheRest() {
    int port = pair.listen(QuicPair.parameters(QuicPair.DEN, QuicPair.LAB, options()));
    ConnectionGroup group =
        End.await(
            pair.network()
                .connectionGroup(
                    Endpoint.hostPort("localhost", port),
                    QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, options()))
                .start()
                .ready());
    EstablishmentReport report = group.establishmentReport().orElseThrow();
    assertThat(report.previousAttempts()).isZero();
    assertThat(report.resolution()).isPresent();
    assertThat(report.addresses()).extracting(AddressAttempt::outcome).contains(Outcome.CONNECTED);
    assertThat(handshake(report)).isPositive().isLessThan(report.duration());
    EstablishmentReport there = establishment(End.await(pair.arrival().ready()));
    assertThat(there.resolution()).isEmpty();
    assertThat(there.addresses()).isEmpty();
    assertThat(handshake(there)).isPositive();
  }

  @Test
  void whatIsInAGroupReportsTheHandshakeOfTheGroup() {
    ConnectionGroup group = pair.connect(options(), dialling);
    ConnectionGroup other = End.await(pair.arrival().ready());
    Connection stream = group.openStream().start();
    stream.send(Payload.utf8("x"));
    Connection there = pair.listening().next();
    for (Connection within : List.of(stream, group.datagrams().start())) {
      assertThat(establishment(within).handshakes()).isEqualTo(establishment(group).handshakes());
      assertThat(establishment(within).addresses()).isEmpty();
    }
    for (Connection within : List.of(there, other.datagrams().start())) {
      assertThat(establishment(within).handshakes()).isEqualTo(establishment(other).handshakes());
    }
  }

  @Test
  void aConnectionByItselfReportsItsHandshake() {
    int port = pair.listen(QuicPair.parameters(QuicPair.DEN, QuicPair.LAB, options()));
    Connection alone =
        pair.network()
            .connection(
                Endpoint.hostPort("127.0.0.1", port),
                QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, options()))
            .start();
    EstablishmentReport report = establishment(alone);
    assertThat(handshake(report)).isPositive().isLessThan(report.duration());
    assertThat(report.addresses())
        .singleElement()
        .satisfies(one -> assertThat(one.outcome()).isEqualTo(Outcome.CONNECTED));
  }

  @Test
  void theTimeInWhichThePeerIsJudgedCounts() {
    Executor later =
        CompletableFuture.delayedExecutor(WHILE.toMillis(), TimeUnit.MILLISECONDS, Runnable::run);
    pair.listen(
        Parameters.quic(options())
            .security(
                Security.pki(
                    QuicPair.DEN,
                    TrustEvaluator.callback(
                        request -> CompletableFuture.supplyAsync(() -> true, later),
                        Runnable::run)))
            .localAddress(InetAddress.getLoopbackAddress())
            .build());
    pair.dial(QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, options()), dialling);
    ConnectionGroup arrived = End.await(pair.arrival().ready());
    assertThat(handshake(establishment(arrived))).isGreaterThanOrEqualTo(WHILE);
  }

  @Test
  void theTimeInWhichNobodyStartsAGroupThatCameDoesNotCount() {
    BlockingQueue<ConnectionGroup> arrivals = new LinkedBlockingQueue<>();
    int port = listenWithoutStarting(arrivals);
    long begun = System.nanoTime();
    ConnectionGroup group =
        pair.dial(port, QuicPair.parameters(QuicPair.LAB, QuicPair.DEN, options()), dialling);
    ConnectionGroup arrived = QuicPair.poll(arrivals);
    End.await(group.ready());
    Duration pause = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new CompletableFuture<>().get(pause.toMillis(), TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    End.await(arrived.start().ready());
    Duration all = Duration.ofNanos(System.nanoTime() - begun);
    assertThat(handshake(establishment(arrived)))
        .isPositive()
        .isLessThan(all.minus(pause.dividedBy(2)));
  }

  private int listenWithoutStarting(BlockingQueue<ConnectionGroup> arrivals) {
    Listener listener =
        pair.network()
            .listener(QuicPair.parameters(QuicPair.DEN, QuicPair.LAB, options()))
            .start(
                new Listener.Handler() {
                  @Override
                  public void newConnection(Listener from, Connection connection) {
                    throw new AssertionError("a connection by itself");
                  }

                  @Override
                  public void newConnectionGroup(Listener from, ConnectionGroup group) {
                    arrivals.add(group);
                  }
                },
                Runnable::run);
    return End.await(listener.ready()).port().orElseThrow();
  }

  @Test
  void whatStreamsAndDatagramsCarriedIsAddedUp() {
    ConnectionGroup group = pair.connect(options(), dialling);
    ConnectionGroup other = pair.arrival();
    pair.listening().echo();
    Connection datagrams = End.await(group.datagrams().start().ready());
    Connection datagramsThere = End.await(other.datagrams().start().ready());
    End.await(datagrams.send(Payload.wrap(new byte[500])));
    End.await(datagramsThere.receiveMessage());
    Connection stream = group.openStream().start();
    stream.send(Payload.wrap(new byte[100_000]), SendOptions.FINAL);
    assertThat(QuicPair.readAll(stream).length()).isEqualTo(100_000);
    StateWait.until(() -> stream.state() instanceof Connection.State.Cancelled);
    DataTransferReport carried = End.await(group.dataTransferReport());
    assertThat(carried.bytesSent()).isEqualTo(100_500);
    assertThat(carried.piecesSent()).isEqualTo(2);
    assertThat(carried.bytesReceived()).isEqualTo(100_000);
    assertThat(carried.duration()).isPositive();
    assertThat(carried.path()).isEqualTo(group.currentPath());
    DataTransferReport there = End.await(other.dataTransferReport());
    assertThat(there.bytesSent()).isEqualTo(100_000);
    assertThat(there.bytesReceived()).isEqualTo(100_500);
    End.await(group.cancel());
    assertThat(End.await(group.dataTransferReport()).bytesSent()).isEqualTo(100_500);
  }

  private static EstablishmentReport establishment(ConnectionGroup group) {
    return group.establishmentReport().orElseThrow();
  }

  private static EstablishmentReport establishment(Connection connection) {
    return End.await(connection.ready()).establishmentReport().orElseThrow();
  }

  /** How long the one handshake took. */
  private static Duration handshake(EstablishmentReport report) {
    assertThat(report.handshakes()).extracting(Handshake::protocol).containsExactly("QUIC");
    return report.handshakes().get(0).duration();
  }

  private static QuicOptions options() {
    return QuicPair.options().datagrams().build();
  }
}
