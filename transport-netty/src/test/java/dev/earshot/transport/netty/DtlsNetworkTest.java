package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.ClosedByPeerException;
import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.EstablishmentReport;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.TooLargeException;
import dev.earshot.UdpOptions;
import dev.earshot.UnreachableException;
import dev.earshot.spi.Transport;
import dev.earshot.spi.TransportProvider;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Protected datagrams as a program uses them, over real sockets on loopback. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class DtlsNetworkTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final PreSharedKey KEY = key("den", 1);

  /** For many handshakes at once, on a computer that does other things too. */
  private static final Duration MUCH = Duration.ofMinutes(1);

  @Parameter String kind;

  private Network network;
  private final BlockingQueue<Connection> arrived = new LinkedBlockingQueue<>();

  private static PreSharedKey key(String identity, int fill) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) fill);
    return PreSharedKey.of(identity, bytes);
  }

  @BeforeEach
  void open() {
    LeakWatch.begin();
    network =
        Network.builder()
            .transport(
                new TransportProvider() {
                  @Override
                  public String name() {
                    return kind;
                  }

                  @Override
                  public Transport open(Executor workers) {
                    return new NettyTransport(
                        NativeTransports.named(kind), workers, ByteBufAllocator.DEFAULT);
                  }
                })
            .open();
  }

  @AfterEach
  void close() {
    network.close();
    LeakWatch.assertNothingReported();
  }

  private static Parameters.Builder dtls(PreSharedKey key) {
    return Parameters.udp().security(Security.psk(key));
  }

  private Listener listen(Parameters.Builder parameters) {
    Listener listener = network.listener(parameters.localAddress(LOOPBACK).build());
    listener.start(
        (from, connection) -> {
          connection.start();
          arrived.add(connection);
        },
        Runnable::run);
    return await(listener.ready());
  }

  private static int portOf(Listener listener) {
    return listener.port().orElseThrow();
  }

  private Connection dial(int port, Parameters.Builder parameters) {
    return network.connection(Endpoint.hostPort("127.0.0.1", port), parameters.build()).start();
  }

  private Connection arrival() throws InterruptedException {
    Connection connection = arrived.poll(MUCH.toSeconds(), TimeUnit.SECONDS);
    assertThat(connection).as("a connection").isNotNull();
    return connection;
  }

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(MUCH.toSeconds(), TimeUnit.SECONDS).join();
  }

  private static String text(Received received) {
    return received.content().toUtf8String();
  }

  @Test
  void datagramsAreProtectedBothWays() throws InterruptedException {
    Connection here = await(dial(portOf(listen(dtls(KEY))), dtls(KEY)).ready());
    Connection there = await(arrival().ready());
    assertThat(here.securityMetadata()).isEqualTo(there.securityMetadata());
    assertThat(here.securityMetadata().orElseThrow().cipherSuite())
        .isEqualTo("TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256");
    for (int i = 0; i < 100; i++) {
      await(here.send(Payload.utf8("there " + i)));
      assertThat(text(await(there.receiveMessage()))).isEqualTo("there " + i);
      await(there.send(Payload.utf8("back " + i)));
      assertThat(text(await(here.receiveMessage()))).isEqualTo("back " + i);
    }
    await(here.send(Payload.empty()));
    assertThat(await(there.receiveMessage()).content().isEmpty()).isTrue();
  }

  @Test
  void bothSidesReportTheHandshake() throws InterruptedException {
    Connection here = await(dial(portOf(listen(dtls(KEY))), dtls(KEY)).ready());
    Connection there = await(arrival().ready());
    for (Connection side : List.of(here, there)) {
      EstablishmentReport report = side.establishmentReport().orElseThrow();
      assertThat(report.handshakes())
          .singleElement()
          .satisfies(
              handshake -> {
                assertThat(handshake.protocol()).isEqualTo("DTLS");
                assertThat(handshake.duration()).isPositive().isLessThan(report.duration());
              });
    }
  }

  @Test
  void largestDatagramIsNetOfWhatProtectionAdds() throws InterruptedException {
    UdpOptions options = UdpOptions.builder().maximumDatagramSize(1_200).build();
    Parameters.Builder small = Parameters.udp(options).security(Security.psk(KEY));
    Connection here = await(dial(portOf(listen(dtls(KEY))), small).ready());
    Connection there = await(arrival().ready());
    assertThat(here.maximumDatagramSize()).isEqualTo(1_200 - 13 - 8 - 16);
    assertThat(there.maximumDatagramSize()).isEqualTo(16_384);
    byte[] content = new byte[here.maximumDatagramSize()];
    new Random(1).nextBytes(content);
    await(here.send(Payload.wrap(content)));
    assertThat(await(there.receiveMessage()).content()).isEqualTo(Payload.copyOf(content));
    assertThatThrownBy(() -> await(here.send(Payload.wrap(new byte[1_164]))))
        .hasCauseInstanceOf(TooLargeException.class);
  }

  @Test
  void farewellIsTheEndForThePeer() throws InterruptedException {
    Connection here = await(dial(portOf(listen(dtls(KEY))), dtls(KEY)).ready());
    Connection there = await(arrival().ready());
    here.send(Payload.utf8("last words"));
    await(here.cancel());
    assertThat(text(await(there.receiveMessage()))).isEqualTo("last words");
    assertThat(await(there.receiveMessage()).endOfStream()).isTrue();
    StateWait.until(() -> there.state() instanceof Connection.State.Failed);
    assertThat(((Connection.State.Failed) there.state()).cause())
        .isInstanceOf(ClosedByPeerException.class);
  }

  @Test
  void wrongKeyFailsAtTheDeadlineWithTheWords() throws InterruptedException {
    int port = portOf(listen(dtls(key("den", 2)).handshakeTimeout(Duration.ofSeconds(3))));
    Connection here = dial(port, dtls(KEY).handshakeTimeout(Duration.ofSeconds(3)));
    for (Connection end : List.of(here, arrival())) {
      assertThatThrownBy(() -> await(end.ready()))
          .hasCauseInstanceOf(HandshakeException.class)
          .hasMessageContaining("the key is probably wrong");
    }
  }

  @Test
  void unknownIdentityIsToldToTheAcceptingSideOnly() throws InterruptedException {
    int port = portOf(listen(dtls(KEY).handshakeTimeout(Duration.ofSeconds(3))));
    Connection here = dial(port, dtls(key("attic", 1)).handshakeTimeout(Duration.ofSeconds(4)));
    assertThatThrownBy(() -> await(arrival().ready()))
        .cause()
        .isInstanceOfSatisfying(
            HandshakeException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.UNKNOWN_IDENTITY))
        .hasMessageContaining("'attic'");
    assertThatThrownBy(() -> await(here.ready()))
        .cause()
        .isInstanceOfSatisfying(
            HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.WRONG_KEY));
  }

  @Test
  void nobodyThereIsUnreachableAndWaitedFor() throws Exception {
    Connection here = dial(ForeignTool.freePort(), dtls(KEY));
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!(here.state() instanceof Connection.State.Waiting)) {
      assertThat(System.nanoTime()).isLessThan(end);
      Thread.onSpinWait();
    }
    assertThat(((Connection.State.Waiting) here.state()).reason())
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("refused");
  }

  @Test
  void garbageReachesNobodyWhileOthersComeIn() throws Exception {
    int port = portOf(listen(dtls(KEY)));
    Random random = new Random(4);
    try (DatagramSocket stranger = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      for (int i = 0; i < 300; i++) {
        byte[] garbage = new byte[1 + random.nextInt(1_400)];
        random.nextBytes(garbage);
        stranger.send(
            new DatagramPacket(garbage, garbage.length, new InetSocketAddress(LOOPBACK, port)));
      }
      Connection here = await(dial(port, dtls(KEY)).ready());
      Connection there = await(arrival().ready());
      await(here.send(Payload.utf8("still here")));
      assertThat(text(await(there.receiveMessage()))).isEqualTo("still here");
    }
    assertThat(arrived).as("nothing came of the garbage").isEmpty();
  }

  @Test
  void helloesWithoutCookieCostNothing() throws Exception {
    int port = portOf(listen(dtls(KEY).handshakeTimeout(MUCH)));
    byte[] hello = firstHello();
    try (DatagramSocket flood = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      InetSocketAddress to = new InetSocketAddress(LOOPBACK, port);
      for (int i = 0; i < 20_000; i++) {
        hello[30] = (byte) i; // another client each time, as far as anybody can tell
        hello[31] = (byte) (i >>> 8);
        flood.send(new DatagramPacket(hello, hello.length, to));
      }
      Connection here = await(dial(port, dtls(KEY).handshakeTimeout(MUCH)).ready());
      await(arrival().ready());
      assertThat(here.securityMetadata()).isPresent();
    }
    assertThat(arrived).isEmpty();
  }

  /** What a client of ours says first. */
  private byte[] firstHello() throws IOException {
    try (DatagramSocket deaf = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      Connection here = dial(deaf.getLocalPort(), dtls(KEY));
      DatagramPacket packet = new DatagramPacket(new byte[2_000], 2_000);
      deaf.receive(packet);
      here.forceCancel();
      return Arrays.copyOf(packet.getData(), packet.getLength());
    }
  }

  @Test
  void manyFlowsAtOnceOverOnePort() throws InterruptedException {
    UdpOptions options = UdpOptions.builder().maximumFlows(1_000, 1_000).build();
    int port =
        portOf(
            listen(
                Parameters.udp(options)
                    .security(Security.psk(KEY))
                    .maximumHandshakes(1_000, 1_000)
                    .handshakeTimeout(MUCH)));
    int threads = Thread.activeCount();
    List<Connection> here = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      here.add(dial(port, dtls(KEY).handshakeTimeout(MUCH)));
    }
    here.forEach(connection -> await(connection.ready()));
    for (int i = 0; i < here.size(); i++) {
      here.get(i).sendIdempotent(Payload.utf8("flow " + i), SendOptions.DEFAULT);
    }
    for (int i = 0; i < here.size(); i++) {
      Connection there = await(arrival().ready());
      there.send(await(there.receiveMessage()).content());
    }
    for (int i = 0; i < here.size(); i++) {
      assertThat(text(await(here.get(i).receiveMessage()))).isEqualTo("flow " + i);
    }
    assertThat(Thread.activeCount()).isLessThan(threads + here.size() / 2);
  }
}
