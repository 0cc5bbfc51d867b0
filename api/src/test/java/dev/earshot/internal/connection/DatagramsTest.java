package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Connection;
import dev.earshot.ContentMetadata;
import dev.earshot.DatagramCounts;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.TcpOptions;
import dev.earshot.TooLargeException;
import dev.earshot.UdpOptions;
import dev.earshot.testing.DatagramFault;
import dev.earshot.testing.MemoryRoom;
import dev.earshot.testing.RecordingHandler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Connections of datagrams over a wire in memory, with everything that happens to datagrams. */
class DatagramsTest {
  private static final int PORT = 4_242;
  private static final Parameters UDP = Parameters.udp().build();

  private final MemoryRoom room = new MemoryRoom(11);
  private final MemoryRoom.Computer ada = room.computer("10.0.0.1");
  private final MemoryRoom.Computer bob = room.computer("10.0.0.2");
  private final List<Connection> arrived = new ArrayList<>();
  private final RecordingHandler handler = new RecordingHandler();

  @AfterEach
  void close() {
    room.close();
    assertThat(room.wire().open()).isEmpty();
  }

  private Listener listen() {
    Listener listener = bob.network().listener(Parameters.udp().localPort(PORT).build());
    listener.start(
        (from, connection) -> {
          connection.start(new RecordingHandler(), bob.queue());
          arrived.add(connection);
        },
        bob.queue());
    room.await(listener.ready());
    return listener;
  }

  private Connection dial(Parameters parameters) {
    return ada.network()
        .connection(Endpoint.hostPort("10.0.0.2", PORT), parameters)
        .start(handler, ada.queue());
  }

  private Connection ready() {
    Connection connection = dial(UDP);
    room.await(connection.ready());
    return connection;
  }

  private static String text(Received received) {
    return received.content().toUtf8String();
  }

  @Test
  void connectionIsReadyAtOnceAndPeerExistsWithTheFirstDatagram() {
    listen();
    Connection here = ready();
    assertThat(arrived).isEmpty();
    room.await(here.send(Payload.utf8("hello")));
    room.pass();
    assertThat(arrived).hasSize(1);
    Received first = room.await(arrived.get(0).receiveMessage());
    assertThat(text(first)).isEqualTo("hello");
    assertThat(first.metadata()).isEqualTo(ContentMetadata.DATAGRAM);
    room.await(arrived.get(0).send(Payload.utf8("back")));
    assertThat(text(room.await(here.receiveMessage()))).isEqualTo("back");
  }

  @ParameterizedTest
  @EnumSource
  void whateverHappensToDatagramsConnectionStaysAndEverythingCompletes(DatagramFault fault) {
    listen();
    Connection here = ready();
    room.wire().afflict(fault, 40);
    List<CompletableFuture<Void>> sends = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      sends.add(here.send(Payload.utf8("message " + (100 + i))));
    }
    sends.forEach(room::await);
    room.pass();
    Connection there = arrived.get(0);
    List<String> read = new ArrayList<>();
    CompletableFuture<Received> next = there.receiveMessage();
    room.time().advance(Duration.ofSeconds(2));
    while (next.isDone()) {
      read.add(text(next.join()));
      next = there.receiveMessage();
      room.time().runUntilIdle();
    }
    assertThat(read).isNotEmpty();
    assertThat(there.state()).isInstanceOf(Connection.State.Ready.class);
    Set<String> different = new HashSet<>(read);
    switch (fault) {
      case DROP -> assertThat(read).hasSize((int) (200 - room.wire().datagramsLost()));
      case DUPLICATE ->
          assertThat(read.size() + there.datagramCounts().receivesDropped()).isGreaterThan(200);
      case REORDER, DELAY -> assertThat(read).hasSize(200).isNotEqualTo(read.stream().sorted());
      default -> assertThat(different).hasSizeGreaterThan(100);
    }
    room.await(there.cancel());
    assertThat(next).isCompletedExceptionally();
  }

  @Test
  void tooLargeIsRefusedBeforeItIsSent() {
    listen();
    Connection here = ready();
    assertThat(here.maximumDatagramSize()).isEqualTo(1_472);
    CompletableFuture<Void> large = here.send(Payload.wrap(new byte[1_473]));
    room.time().runUntilIdle();
    assertThatThrownBy(large::join)
        .hasCauseInstanceOf(TooLargeException.class)
        .hasMessageContaining("1472 bytes (maximumDatagramSize)");
    here.sendIdempotent(Payload.wrap(new byte[1_473]), SendOptions.DEFAULT);
    assertThat(here.trySend(Payload.wrap(new byte[1_473]))).isFalse();
    assertThat(here.datagramCounts()).isEqualTo(new DatagramCounts(1, 0, 0, 0));
    room.pass();
    assertThat(arrived).isEmpty();
  }

  @Test
  void beforeItIsReadyTheOldestOfWhatMayBeLostIsDropped() {
    listen();
    Connection here =
        ada.network()
            .connection(
                Endpoint.hostPort("10.0.0.2", PORT), Parameters.udp().sendBudget(1_000).build());
    for (int i = 0; i < 100; i++) {
      here.sendIdempotent(Payload.wrap(new byte[] {(byte) i}), SendOptions.DEFAULT);
    }
    here.start(handler, ada.queue());
    room.pass();
    long dropped = here.datagramCounts().sendsDropped();
    assertThat(dropped).isBetween(80L, 90L); // each counts 64 bytes
    Received first = room.await(arrived.get(0).receiveMessage());
    assertThat(first.content().byteAt(0)).isEqualTo((byte) dropped);
  }

  @Test
  void sendCompletesWhenTakenAndNotBefore() {
    listen();
    Connection here = ada.network().connection(Endpoint.hostPort("10.0.0.2", PORT), UDP);
    CompletableFuture<Void> early = here.send(Payload.utf8("early"));
    room.pass();
    assertThat(early).isNotDone();
    here.start(handler, ada.queue());
    room.await(early);
  }

  @Test
  void cancelledConnectionIsOverAtOnceAndMayBeDialledAgain() {
    listen();
    Connection here = ready();
    here.send(Payload.utf8("last"));
    room.await(here.cancel());
    room.pass();
    assertThat(text(room.await(arrived.get(0).receiveMessage()))).isEqualTo("last");
    assertThat(handler.states()).last().isInstanceOf(Connection.State.Cancelled.class);
    assertThat(here.maximumDatagramSize()).isZero();
    Connection again = ready();
    room.await(again.send(Payload.utf8("anew")));
    room.pass();
    assertThat(arrived).hasSize(2);
  }

  @Test
  void finalMessageOfDatagramsIsRefused() {
    Connection here = ada.network().connection(Endpoint.hostPort("10.0.0.2", PORT), UDP);
    assertThatThrownBy(() -> here.send(Payload.empty(), SendOptions.FINAL))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no end of stream");
    assertThatThrownBy(() -> here.sendIdempotent(Payload.empty(), SendOptions.FINAL))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void optionsOfTcpAreRefusedWhenParametersAreBuilt() {
    TcpOptions tcp = TcpOptions.builder().delay().build();
    assertThatThrownBy(() -> Parameters.udp().tcp(tcp).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("use udp(UdpOptions) instead");
    assertThat(UDP.toString()).startsWith("Parameters[UdpOptions[1024 flows, 64 an address");
    assertThatThrownBy(() -> UdpOptions.builder().maximumDatagramSize(65_508))
        .hasMessageContaining("65507");
    assertThat(UdpOptions.DEFAULT.sendRate()).isEmpty();
    assertThat(UdpOptions.builder().sendRate(1_000).build().sendRate()).hasValue(1_000);
    assertThatThrownBy(() -> UdpOptions.builder().sendRate(999))
        .hasMessageContaining("sendRate 999 is below 1000 bytes a second");
  }

  @Test
  void serviceTypeHasToFitTheProtocol() {
    Listener udp = bob.network().listener(UDP);
    assertThatThrownBy(() -> udp.advertise(Service.of(ServiceType.tcp("chat"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("_chat._tcp")
        .hasMessageContaining("has to end in _udp");
    udp.advertise(Service.of("Den", ServiceType.udp("chat"))); // fits
    Listener tcp = bob.network().listener(Parameters.tcp().build());
    assertThatThrownBy(() -> tcp.advertise(Service.of(ServiceType.udp("chat"))))
        .hasMessageContaining("has to end in _tcp");
    Endpoint service = Endpoint.bonjour("Den", ServiceType.tcp("chat"));
    assertThatThrownBy(() -> ada.network().connection(service, UDP))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has to end in _udp");
  }

  @Test
  void everyOutstandingOperationCompletesWhenTheNetworkCloses() {
    listen();
    Connection here = ready();
    CompletableFuture<Received> read = here.receiveMessage();
    room.close(ada.network());
    assertThat(read).isCompletedExceptionally();
    CompletableFuture<Void> late = here.send(Payload.utf8("late"));
    room.time().runUntilIdle();
    assertThat(late).isCompletedExceptionally();
    assertThat(here.trySend(Payload.utf8("late"))).isFalse();
  }
}
