package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.Connection;
import dev.earshot.ConnectionLostException;
import dev.earshot.ContentMetadata;
import dev.earshot.DatagramCounts;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.TooLargeException;
import dev.earshot.UdpOptions;
import dev.earshot.spi.Transport;
import dev.earshot.spi.TransportProvider;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Datagrams as a program uses them, over real sockets on loopback. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class UdpNetworkTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  @Parameter String kind;

  private Network network;
  private final BlockingQueue<Connection> arrived = new LinkedBlockingQueue<>();

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

  private static Parameters udp(UdpOptions.Builder options) {
    return Parameters.udp(options.build()).localAddress(LOOPBACK).build();
  }

  private static Parameters udp() {
    return udp(UdpOptions.builder());
  }

  private Listener listen(Parameters parameters) {
    return started(network.listener(parameters));
  }

  private Listener started(Listener listener) {
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

  private Connection dial(int port) {
    return dial(port, Parameters.udp().build());
  }

  private Connection dial(int port, Parameters parameters) {
    return await(
        network.connection(Endpoint.hostPort("127.0.0.1", port), parameters).start().ready());
  }

  private Connection arrival() throws InterruptedException {
    Connection connection = arrived.poll(20, TimeUnit.SECONDS);
    assertThat(connection).as("a connection").isNotNull();
    return await(connection.ready());
  }

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static void eventually(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      Thread.onSpinWait();
    }
  }

  private static String text(Received received) {
    return received.content().toUtf8String();
  }

  @Test
  void firstDatagramBeginsConnectionAndIsDeliveredOnIt() throws InterruptedException {
    Listener listener = listen(udp());
    Connection here = dial(portOf(listener));
    await(here.send(Payload.utf8("hello")));
    Connection there = arrival();
    Received first = await(there.receiveMessage());
    assertThat(text(first)).isEqualTo("hello");
    assertThat(first.endOfMessage()).isTrue();
    assertThat(first.metadata()).isEqualTo(ContentMetadata.DATAGRAM);
    assertThat(there.currentPath().orElseThrow().remoteEndpoint())
        .isEqualTo(here.currentPath().orElseThrow().localEndpoint());
    assertThat(there.currentPath().orElseThrow().localEndpoint().orElseThrow().getPort())
        .isEqualTo(portOf(listener));
    await(there.send(Payload.utf8("and back")));
    assertThat(text(await(here.receiveMessage()))).isEqualTo("and back");
    await(here.send(Payload.utf8("again")));
    assertThat(text(await(there.receiveMessage()))).isEqualTo("again");
    assertThat(arrived).as("the same flow").isEmpty();
  }

  @Test
  void wildcardPortKnowsWhereFlowArrived() throws InterruptedException {
    Listener listener = listen(Parameters.udp().build());
    Connection here = dial(portOf(listener));
    here.sendIdempotent(Payload.utf8("x"), SendOptions.DEFAULT);
    assertThat(arrival().currentPath().orElseThrow().localEndpoint().orElseThrow().getAddress())
        .isEqualTo(LOOPBACK);
  }

  @Test
  void largestDatagramGoesThroughAndOneByteMoreIsRefused() throws InterruptedException {
    Connection here = dial(portOf(listen(udp())));
    int most = here.maximumDatagramSize();
    assertThat(most).isEqualTo(65_507); // loopback's MTU is 65,536
    byte[] content = new byte[most];
    new Random(1).nextBytes(content);
    await(here.send(Payload.wrap(content)));
    assertThat(await(arrival().receiveMessage()).content()).isEqualTo(Payload.copyOf(content));
    assertThatThrownBy(() -> await(here.send(Payload.wrap(new byte[most + 1]))))
        .hasCauseInstanceOf(TooLargeException.class)
        .hasMessageContaining("65507 bytes (maximumDatagramSize)");
    assertThat(here.trySend(Payload.wrap(new byte[most + 1]))).isFalse();
    here.sendIdempotent(Payload.wrap(new byte[most + 1]), SendOptions.DEFAULT);
    assertThat(here.datagramCounts().sendsDropped()).isEqualTo(1);
  }

  @Test
  void tooLargeSendBeforeReadyFailsWithoutHarmToOthers() throws InterruptedException {
    int port = portOf(listen(udp()));
    Connection here =
        network.connection(
            Endpoint.hostPort("127.0.0.1", port),
            udp(UdpOptions.builder().maximumDatagramSize(1_200)));
    CompletableFuture<Void> first = here.send(Payload.utf8("one"));
    CompletableFuture<Void> large = here.send(Payload.wrap(new byte[1_201]));
    CompletableFuture<Void> last = here.send(Payload.utf8("two"));
    here.start();
    await(first);
    await(last);
    assertThatThrownBy(() -> await(large)).hasCauseInstanceOf(TooLargeException.class);
    Connection there = arrival();
    assertThat(text(await(there.receiveMessage()))).isEqualTo("one");
    assertThat(text(await(there.receiveMessage()))).isEqualTo("two");
  }

  @Test
  void datagramsOfAllSizesKeepTheirBoundaries() throws InterruptedException {
    Connection here = dial(portOf(listen(udp())));
    Random random = new Random(2);
    List<Payload> sent = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int length = i % 5 == 0 ? 1 + random.nextInt(1_500) : 700;
      byte[] content = new byte[length];
      random.nextBytes(content);
      sent.add(Payload.wrap(content));
    }
    List<CompletableFuture<Void>> sends = new ArrayList<>();
    sent.forEach(content -> sends.add(here.send(content)));
    sends.forEach(UdpNetworkTest::await);
    Connection there = arrival();
    for (Payload content : sent) {
      assertThat(await(there.receiveMessage()).content()).isEqualTo(content);
    }
  }

  private static int freePort() throws IOException {
    try (DatagramSocket reserved = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      return reserved.getLocalPort();
    }
  }

  @Test
  void emptyDatagramIsReadButNotSent() throws IOException, InterruptedException {
    int port = portOf(listen(udp()));
    try (DatagramSocket peer = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      peer.send(new DatagramPacket(new byte[0], 0, new InetSocketAddress(LOOPBACK, port)));
      Connection there = arrival();
      assertThat(await(there.receiveMessage()).content()).isEqualTo(Payload.empty());
      await(there.send(Payload.empty()));
      assertThat(there.datagramCounts().sendsDropped()).isEqualTo(1);
    }
  }

  @Test
  void closedPortIsCountedAndEndsNothing() throws IOException {
    int port = freePort();
    Connection here = dial(port);
    CompletableFuture<Received> read = here.receiveMessage();
    eventually(
        "an unreachable port",
        () -> {
          here.sendIdempotent(Payload.utf8("anybody?"), SendOptions.DEFAULT);
          return here.datagramCounts().unreachable() > 0;
        });
    assertThat(here.state()).isInstanceOf(Connection.State.Ready.class);
    assertThat(read).isNotDone();
    try (DatagramSocket back = new DatagramSocket(new InetSocketAddress(LOOPBACK, port))) {
      InetSocketAddress to = here.currentPath().orElseThrow().localEndpoint().orElseThrow();
      back.send(new DatagramPacket(new byte[] {'y'}, 1, to));
      assertThat(text(await(read))).isEqualTo("y");
    }
  }

  @Test
  void unreadDatagramsAreBoundedAndTheOldestAreDropped() throws InterruptedException {
    Parameters parameters =
        Parameters.udp(UdpOptions.builder().receiveQueue(10_000).build())
            .localAddress(LOOPBACK)
            .receiveBuffer(1_000)
            .build();
    Connection here = dial(portOf(listen(parameters)));
    int count = 150; // as many as the system holds, if need be
    for (int i = 0; i < count; i++) {
      byte[] content = new byte[1_000];
      content[0] = (byte) i;
      await(here.send(Payload.wrap(content)));
    }
    Connection there = arrival();
    eventually("drops", () -> there.datagramCounts().receivesDropped() >= count - 64 - 20);
    int last = -1;
    int read = 0;
    while (last != count - 1) {
      int number = await(there.receiveMessage()).content().byteAt(0) & 0xFF;
      assertThat(number).isGreaterThan(last);
      last = number;
      read++;
    }
    assertThat(read + there.datagramCounts().receivesDropped()).isEqualTo(count);
  }

  @Test
  void silentFlowEndsAfterItsIdleTime() throws InterruptedException {
    Connection here =
        dial(portOf(listen(udp(UdpOptions.builder().idleTimeout(Duration.ofMillis(200))))));
    await(here.send(Payload.utf8("once")));
    Connection there = arrival();
    assertThat(text(await(there.receiveMessage()))).isEqualTo("once");
    assertThatThrownBy(() -> await(there.receiveMessage()))
        .hasCauseInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("nothing arrived within 0.2 s");
    await(here.send(Payload.utf8("twice")));
    assertThat(text(await(arrival().receiveMessage()))).as("a new flow").isEqualTo("twice");
  }

  @Test
  void flowsAreBoundedAndThoseThatEndMakeRoom() throws InterruptedException {
    int port = portOf(listen(udp(UdpOptions.builder().maximumFlows(3, 2))));
    Connection first = dial(port);
    await(first.send(Payload.utf8("1")));
    Connection there = arrival();
    Connection second = dial(port);
    await(second.send(Payload.utf8("2")));
    Connection stays = arrival();
    Connection third = dial(port);
    await(third.send(Payload.utf8("3, dropped")));
    await(second.send(Payload.utf8("after it, by the same socket")));
    assertThat(text(await(stays.receiveMessage()))).isEqualTo("2");
    assertThat(text(await(stays.receiveMessage()))).startsWith("after it");
    await(there.cancel());
    eventually(
        "room for another",
        () -> {
          third.sendIdempotent(Payload.utf8("3"), SendOptions.DEFAULT);
          return !arrived.isEmpty();
        });
    assertThat(text(await(arrival().receiveMessage()))).isEqualTo("3");
  }

  @Test
  void strangersBeyondTheLimitAreIgnored() throws InterruptedException {
    Listener listener = started(network.listener(udp()).newConnectionLimit(1));
    Connection expected = dial(portOf(listener));
    await(expected.send(Payload.utf8("in")));
    Connection there = arrival();
    Connection late = dial(portOf(listener));
    await(late.send(Payload.utf8("out")));
    await(expected.send(Payload.utf8("in again")));
    assertThat(text(await(there.receiveMessage()))).isEqualTo("in");
    assertThat(text(await(there.receiveMessage()))).isEqualTo("in again");
    assertThat(arrived).isEmpty();
  }

  @Test
  void flowsLiveOnWhenTheirListenerIsGone() throws InterruptedException {
    Listener listener = listen(udp());
    Connection here = dial(portOf(listener));
    await(here.send(Payload.utf8("1")));
    Connection there = arrival();
    await(listener.cancel());
    await(here.send(Payload.utf8("2")));
    assertThat(text(await(there.receiveMessage()))).isEqualTo("1");
    assertThat(text(await(there.receiveMessage()))).isEqualTo("2");
    await(there.send(Payload.utf8("3")));
    assertThat(text(await(here.receiveMessage()))).isEqualTo("3");
  }

  @Test
  void thousandFlowsNeedNoThreadsOfTheirOwn() throws InterruptedException {
    int flows = 1_000;
    int port = portOf(listen(udp(UdpOptions.builder().maximumFlows(flows, flows))));
    int threads = Thread.activeCount();
    List<Connection> here = new ArrayList<>();
    for (int i = 0; i < flows; i++) {
      Connection connection = dial(port);
      here.add(connection);
      await(connection.send(Payload.utf8("flow " + i)));
    }
    for (int i = 0; i < flows; i++) {
      Connection there = arrival();
      there.send(await(there.receiveMessage()).content());
    }
    for (int i = 0; i < flows; i++) {
      assertThat(text(await(here.get(i).receiveMessage()))).isEqualTo("flow " + i);
    }
    assertThat(Thread.activeCount()).isLessThan(threads + here.size() / 2);
  }

  @Test
  void nothingIsLostAndNothingIsSentAfterTheEnd() throws InterruptedException {
    Connection here = dial(portOf(listen(udp())));
    CompletableFuture<Received> read = here.receiveMessage();
    for (int i = 0; i < 20; i++) {
      here.send(Payload.utf8("message " + i));
    }
    await(here.cancel());
    assertThat(read).isCompletedExceptionally();
    assertThat(here.maximumDatagramSize()).isZero();
    assertThat(here.datagramCounts()).isEqualTo(DatagramCounts.NONE);
    Connection there = arrival();
    for (int i = 0; i < 20; i++) {
      assertThat(text(await(there.receiveMessage()))).isEqualTo("message " + i);
    }
  }

  /** What a second carries is much less than is sent, and all of that is received. */
  @Test
  void bestEffortFloodIsBoundedAndCounted() throws InterruptedException {
    int port = portOf(listen(udp()));
    int budget = 100_000;
    int rate = 1_000_000;
    Connection here =
        dial(
            port,
            Parameters.udp(UdpOptions.builder().sendRate(rate).build()).sendBudget(budget).build());
    int count = 15_000; // less than sendLimit, so that the oldest are dropped, not the newest
    int length = 1_000;
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      byte[] content = new byte[length];
      ByteBuffer.wrap(content).putInt(i);
      here.sendIdempotent(Payload.wrap(content), SendOptions.DEFAULT);
    }
    await(here.send(Payload.utf8("last")));
    double seconds = (System.nanoTime() - begun) / 1e9;
    Connection there = arrival();
    int received = 0;
    int previous = -1;
    Payload next = await(there.receiveMessage()).content();
    while (next.length() == length) {
      int number = next.asByteBuffer().getInt();
      assertThat(number).isGreaterThan(previous);
      previous = number;
      received++;
      next = await(there.receiveMessage()).content();
    }
    long dropped = here.datagramCounts().sendsDropped();
    assertThat(previous).as("the freshest").isEqualTo(count - 1);
    assertThat(received + there.datagramCounts().receivesDropped() + dropped).isEqualTo(count);
    assertThat(count - dropped)
        .as("what left, in %.3f s", seconds)
        .isLessThan((long) ((budget + rate * (seconds + 0.1)) / length));
  }
}
