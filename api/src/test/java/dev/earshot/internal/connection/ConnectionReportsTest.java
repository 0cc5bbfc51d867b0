package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection.State;
import dev.earshot.DataTransferReport;
import dev.earshot.Endpoint;
import dev.earshot.EstablishmentReport;
import dev.earshot.EstablishmentReport.AddressAttempt;
import dev.earshot.EstablishmentReport.Outcome;
import dev.earshot.Framer;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.UnreachableException;
import dev.earshot.testing.MemoryWire;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What a connection says of how it came about and of what it has carried. */
class ConnectionReportsTest {
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();
  private static final Duration WHILE = Duration.ofSeconds(1);
  private static final Endpoint DEN = Endpoint.hostPort("den", Neighbours.PORT);

  private final Neighbours neighbours = new Neighbours(31);

  private static InetSocketAddress at(String address) {
    return new InetSocketAddress(MemoryWire.address(address), Neighbours.PORT);
  }

  @Test
  void anEstablishmentIsReportedOnceReadyAndNotBefore() {
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    assertThat(connection.establishmentReport()).isEmpty();
    neighbours.listen(WEB_SOCKET);
    neighbours.start(connection);
    neighbours.passing(WHILE);
    EstablishmentReport report = connection.establishmentReport().orElseThrow();
    assertThat(report.waited()).isFalse();
    assertThat(report.previousAttempts()).isZero();
    assertThat(report.resolution()).isEmpty();
    assertThat(report.addresses())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.address()).isEqualTo(Neighbours.ENDPOINT);
              assertThat(one.outcome()).isEqualTo(Outcome.CONNECTED);
              assertThat(one.cause()).isEmpty();
              assertThat(one.duration()).isLessThanOrEqualTo(report.duration());
            });
    EstablishmentReport there = neighbours.other().establishmentReport().orElseThrow();
    assertThat(there.addresses()).isEmpty();
  }

  @Test
  void everyAddressThatWasDialledIsReportedWithWhatBecameOfIt() {
    neighbours.listen(WEB_SOCKET);
    // One that never answers, one where nobody listens, and the right one.
    neighbours.here.name(DEN, at("10.0.0.99"), at(Neighbours.HERE), at(Neighbours.THERE));
    LiveConnection connection = neighbours.connection(DEN, WEB_SOCKET);
    neighbours.start(connection);
    neighbours.passing(Duration.ofSeconds(5));
    EstablishmentReport report = connection.establishmentReport().orElseThrow();
    assertThat(report.resolution()).isPresent();
    assertThat(report.addresses())
        .extracting(AddressAttempt::outcome)
        .containsExactlyInAnyOrder(Outcome.FAILED, Outcome.CONNECTED, Outcome.ABANDONED);
    assertThat(report.addresses())
        .filteredOn(one -> one.outcome() == Outcome.FAILED)
        .singleElement()
        .satisfies(one -> assertThat(one.cause()).containsInstanceOf(UnreachableException.class));
    assertThat(report.duration()).isGreaterThanOrEqualTo(AddressRace.STAGGER);
  }

  @Test
  void attemptsThatCameToNothingAreCounted() {
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(Duration.ofSeconds(2));
    assertThat(connection.state()).isInstanceOf(State.Waiting.class);
    neighbours.listen(WEB_SOCKET);
    neighbours.passing(Duration.ofSeconds(5));
    EstablishmentReport report = connection.establishmentReport().orElseThrow();
    assertThat(report.waited()).isTrue();
    assertThat(report.previousAttempts()).isEqualTo(2);
    assertThat(report.duration()).isBetween(Duration.ofSeconds(3), Duration.ofSeconds(4));
    assertThat(report.addresses()).hasSize(1);
  }

  @Test
  void whatWasCarriedIsCountedBothWaysAndMayBeSubtracted() {
    Parameters framed = Parameters.tcp().framer(Framer.lengthPrefixed(4)).build();
    LiveConnection connection = neighbours.connected(framed);
    for (int i = 0; i < 10; i++) {
      connection.send(Payload.wrap(new byte[i]));
    }
    neighbours.other().send(Payload.wrap(new byte[5_000]));
    neighbours.passing(WHILE);
    DataTransferReport first = neighbours.time.await(connection.dataTransferReport());
    assertThat(first.bytesSent()).isEqualTo(45);
    assertThat(first.piecesSent()).isEqualTo(10);
    assertThat(first.bytesReceived()).isEqualTo(5_000);
    assertThat(first.piecesReceived()).isEqualTo(1);
    assertThat(first.path()).isEqualTo(connection.currentPath());
    assertThat(first.tcp()).isEmpty();
    connection.send(Payload.wrap(new byte[7]), SendOptions.DEFAULT);
    neighbours.passing(WHILE);
    DataTransferReport second = neighbours.time.await(connection.dataTransferReport());
    DataTransferReport between = second.since(first);
    assertThat(between.bytesSent()).isEqualTo(7);
    assertThat(between.piecesSent()).isEqualTo(1);
    assertThat(between.piecesReceived()).isZero();
    assertThat(between.duration()).isGreaterThanOrEqualTo(WHILE);
  }

  @Test
  void aReportMayBeAskedForBeforeAndAfter() {
    LiveConnection connection = neighbours.connection(WEB_SOCKET);
    DataTransferReport before = neighbours.time.await(connection.dataTransferReport());
    assertThat(before.duration()).isZero();
    assertThat(before.bytesSent()).isZero();
    neighbours.listen(WEB_SOCKET);
    neighbours.start(connection);
    neighbours.passing(WHILE);
    connection.send(Payload.utf8("abc"));
    neighbours.passing(WHILE);
    connection.forceCancel();
    neighbours.passing(WHILE);
    DataTransferReport last = neighbours.time.await(connection.dataTransferReport());
    assertThat(last.bytesSent()).isEqualTo(3);
    neighbours.passing(WHILE);
    assertThat(neighbours.time.await(connection.dataTransferReport())).isEqualTo(last);
  }
}
