package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.Parameters;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Arrival;
import dev.earshot.spi.DialRequest;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Binding, accepting and dialling. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class PortNetworkTest {
  private static final Parameters TCP = Parameters.tcp().build();

  @Parameter String natives;

  private Bench bench;

  @BeforeEach
  void open() {
    bench = new Bench(natives);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void allAddressesAreBoundToOneFreePort() throws Exception {
    List<InetSocketAddress> both =
        List.of(new InetSocketAddress("127.0.0.1", 0), new InetSocketAddress("127.0.0.2", 0));
    Bench.Door door = bench.listen(both, TCP, Optional.empty());
    int number = End.await(door.number);
    for (InetSocketAddress address : both) {
      try (Socket socket = new Socket(address.getAddress(), number)) {
        End end = door.next();
        End.await(end.ready);
        assertThat(end.pipe().path().localEndpoint())
            .contains(new InetSocketAddress(address.getAddress(), number));
        assertThat(end.pipe().path().remoteEndpoint())
            .contains((InetSocketAddress) socket.getLocalSocketAddress());
        end.abort();
      }
    }
  }

  @Test
  void aPortThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      int number = taken.getLocalPort();
      Bench.Door door =
          bench.listen(
              List.of(
                  new InetSocketAddress("127.0.0.2", number),
                  new InetSocketAddress("127.0.0.1", number)),
              TCP,
              Optional.empty());
      assertThat(End.await(door.failed))
          .isInstanceOf(UnreachableException.class)
          .hasMessage("listening on 127.0.0.1 port " + number + ": address in use");
      // The first address is free again.
      Bench.Door again =
          bench.listen(List.of(new InetSocketAddress("127.0.0.2", number)), TCP, Optional.empty());
      assertThat(End.await(again.number)).isEqualTo(number);
    }
  }

  @Test
  void anAddressThatIsNotOursIsNamed() {
    Bench.Door door =
        bench.listen(List.of(new InetSocketAddress("192.0.2.1", 0)), TCP, Optional.empty());
    assertThat(End.await(door.failed))
        .isInstanceOf(UnreachableException.class)
        .hasMessage("listening on 192.0.2.1 port 0: no such local address");
  }

  @Test
  void nobodyIsAcceptedWhileThatIsStoppedAndThenAll() throws Exception {
    Bench.Door door = bench.listen(TCP);
    int number = End.await(door.number);
    door.accepting(false);
    try (Socket first = new Socket("127.0.0.1", number);
        Socket second = new Socket("127.0.0.1", number)) {
      // Connected, since they wait in the system's backlog; but nobody is told.
      assertThat(door.ends.poll(200, TimeUnit.MILLISECONDS)).isNull();
      door.accepting(true);
      door.next().abort();
      door.next().abort();
      assertThat(first.isConnected() && second.isConnected()).isTrue();
    }
  }

  @Test
  void noMoreAreAcceptedAfterOneThatStopsIt() throws Exception {
    Bench.Door door = bench.listen(TCP);
    int number = End.await(door.number);
    door.opens = false;
    door.accepting(false);
    Socket[] sockets = new Socket[5];
    for (int i = 0; i < sockets.length; i++) {
      sockets[i] = new Socket("127.0.0.1", number);
    }
    door.stopsAfterEach = true;
    for (int i = 0; i < sockets.length; i++) {
      door.accepting(true);
      Arrival arrival = door.unopened.poll(End.PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(arrival).isNotNull();
      arrival.loop().execute(arrival::refuse);
      assertThat(door.unopened.poll(50, TimeUnit.MILLISECONDS)).isNull();
    }
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @Test
  void anArrivalThatIsRefusedIsClosedAndNothingWasReadFromIt() throws Exception {
    Bench.Door door = bench.listen(TCP);
    door.opens = false;
    try (Socket socket = new Socket("127.0.0.1", End.await(door.number))) {
      Arrival arrival = door.unopened.poll(End.PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(arrival).isNotNull();
      arrival.loop().execute(arrival::refuse);
      socket.setSoTimeout(20_000);
      int read;
      try {
        read = socket.getInputStream().read();
      } catch (java.net.SocketException expected) {
        read = -1; // reset
      }
      assertThat(read).isEqualTo(-1);
    }
  }

  @Test
  void acceptingThatFailsIsTriedAgain() throws Exception {
    AtomicInteger failures = new AtomicInteger(2);
    NativeTransports nio = NativeTransports.named("nio");
    NativeTransports failing =
        new NativeTransports(
            "failing",
            nio.handlers(),
            nio.sockets(),
            () ->
                new NioServerSocketChannel() {
                  @Override
                  protected int doReadMessages(List<Object> accepted) throws Exception {
                    if (failures.getAndDecrement() > 0) {
                      throw new IOException("Too many open files");
                    }
                    return super.doReadMessages(accepted);
                  }
                },
            nio.datagrams(),
            nio.quic());
    try (Bench poor = new Bench(failing)) {
      Bench.Door door = poor.listen(TCP);
      try (Socket socket = new Socket("127.0.0.1", End.await(door.number))) {
        End.await(door.next().ready); // a second, or two, later
        assertThat(socket.isConnected()).isTrue();
        assertThat(failures.get()).isNegative();
      }
    }
  }

  @Test
  void aPortThatIsClosedIsFreeAndItsConnectionsLiveOn() throws Exception {
    Bench.Pair pair = bench.pair(Parameters.webSocket().build());
    pair.client().send("still here");
    assertThat(pair.server().next().content().toUtf8String()).isEqualTo("still here");
    Bench.Door door = bench.listen(TCP);
    int number = End.await(door.number);
    door.close();
    Bench.Door again = bench.listen(List.of(Bench.local(number)), TCP, Optional.empty());
    assertThat(End.await(again.number)).isEqualTo(number);
  }

  @Test
  void anEndpointThatRefusesIsNamed() throws Exception {
    int number;
    try (ServerSocket closedSoon = new ServerSocket(0)) {
      number = closedSoon.getLocalPort();
    }
    End client = bench.dial(number, TCP);
    assertThat(End.await(client.failed))
        .isInstanceOf(UnreachableException.class)
        .hasMessage("connecting to 127.0.0.1:" + number + ": refused");
    assertThat(client.connected).isNotDone();
  }

  @Test
  void aDialLeavesFromTheAddressItWasGiven() throws Exception {
    Bench.Door door = bench.listen(TCP);
    int number = End.await(door.number);
    End client = new End(bench.transport.nextLoop());
    DialRequest request =
        new DialRequest(
            Bench.local(number),
            Optional.of(InetAddress.getByName("127.0.0.3")),
            Endpoint.hostPort("den.local", number),
            TCP,
            Optional.empty());
    client.loop.execute(() -> client.dial = bench.transport.dial(client.loop, request, client));
    assertThat(End.await(client.connected).localEndpoint().orElseThrow().getAddress())
        .isEqualTo(InetAddress.getByName("127.0.0.3"));
    assertThat(door.next().loop).isNotNull();
  }

  @Test
  void aLocalAddressThatIsNotThereIsNamed() throws Exception {
    End client = new End(bench.transport.nextLoop());
    DialRequest request =
        new DialRequest(
            Bench.local(9),
            Optional.of(InetAddress.getByName("192.0.2.1")),
            Endpoint.hostPort("den.local", 9),
            TCP,
            Optional.empty());
    client.loop.execute(() -> client.dial = bench.transport.dial(client.loop, request, client));
    assertThat(End.await(client.failed))
        .hasMessage("connecting to den.local:9 (127.0.0.1:9): no such local address");
  }

  @Test
  void aDialThatIsCancelledAtOnceTellsNobody() throws Exception {
    Bench.Door door = bench.listen(TCP);
    int number = End.await(door.number);
    End client = new End(bench.transport.nextLoop());
    client.loop.execute(
        () -> {
          DialRequest request =
              new DialRequest(
                  Bench.local(number),
                  Optional.empty(),
                  Endpoint.hostPort("127.0.0.1", number),
                  TCP,
                  Optional.empty());
          bench.transport.dial(client.loop, request, client).cancel();
        });
    End second = bench.dial(number, TCP); // comes through after the first would have
    End.await(second.ready);
    assertThat(client.connected).isNotDone();
    assertThat(client.failed).isNotDone();
  }
}
