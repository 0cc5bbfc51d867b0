package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.SendOptions;
import dev.earshot.UdpOptions;
import dev.earshot.spi.Transport;
import dev.earshot.spi.TransportProvider;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Many datagrams at once, and no faster than they may: over real sockets on loopback. */
@Tag("network")
class UdpRateNetworkTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int SIZE = 1_000;

  /** SOL_SOCKET and SO_NO_CHECK: datagrams without checksums, which Linux refuses to cut. */
  private static final IntegerUnixChannelOption NO_CHECKSUM =
      new IntegerUnixChannelOption("SO_NO_CHECK", 1, 11);

  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final CountDownLatch firstRead = new CountDownLatch(1);
  private final CountDownLatch mayRead = new CountDownLatch(1);
  private volatile Connection there;
  private Network network;

  @BeforeEach
  void watch() {
    LeakWatch.begin();
  }

  @AfterEach
  void close() {
    mayRead.countDown();
    network.close();
    LeakWatch.assertNothingReported();
  }

  private void open(NativeTransports natives) {
    network =
        Network.builder()
            .transport(
                new TransportProvider() {
                  @Override
                  public String name() {
                    return natives.name();
                  }

                  @Override
                  public Transport open(Executor workers) {
                    return new NettyTransport(natives, workers, ByteBufAllocator.DEFAULT);
                  }
                })
            .open();
  }

  /** Listens, and reads on the loop itself, which waits after the first until {@link #mayRead}. */
  private int listen(UdpOptions options) {
    Listener listener = network.listener(Parameters.udp(options).localAddress(LOOPBACK).build());
    listener.start(
        (from, connection) -> {
          there = connection.start(new Connection.Handler() {}, Runnable::run);
          read(connection);
        },
        Runnable::run);
    await(listener.ready());
    return listener.port().orElseThrow();
  }

  private void read(Connection connection) {
    connection
        .receiveMessage()
        .thenAccept(
            one -> {
              received.add(one);
              firstRead.countDown();
              await(mayRead);
              read(connection);
            });
  }

  private Connection dial(int port, Parameters parameters) {
    return await(
        network.connection(Endpoint.hostPort("127.0.0.1", port), parameters).start().ready());
  }

  private static <T> T await(CompletableFuture<T> future) {
    return future.orTimeout(20, TimeUnit.SECONDS).join();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] numbered(int number) {
    byte[] content = new byte[SIZE];
    content[0] = (byte) (number >> 8);
    content[1] = (byte) number;
    return content;
  }

  private int next() throws InterruptedException {
    Received one = received.poll(20, TimeUnit.SECONDS);
    assertThat(one).as("a datagram").isNotNull();
    Payload content = one.content();
    assertThat(content.length()).isEqualTo(SIZE);
    return (content.byteAt(0) & 0xFF) << 8 | content.byteAt(1) & 0xFF;
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void whatIsReadAsItComesIsNotDroppedHoweverMuchTheSocketHas(String kind) throws Exception {
    open(NativeTransports.named(kind));
    int port = listen(UdpOptions.builder().receiveQueue(4_000).build());
    int count = 50; // of which what is kept has room for four
    try (DatagramSocket peer = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      InetSocketAddress to = new InetSocketAddress(LOOPBACK, port);
      peer.send(new DatagramPacket(numbered(0), SIZE, to));
      await(firstRead); // its loop waits now, and what comes is kept by the socket
      for (int i = 1; i < count; i++) {
        peer.send(new DatagramPacket(numbered(i), SIZE, to));
      }
    }
    mayRead.countDown();
    for (int i = 0; i < count; i++) {
      assertThat(next()).isEqualTo(i);
    }
    assertThat(there.datagramCounts().receivesDropped()).isZero();
  }

  @Test
  void linkThatCannotCutGetsEachDatagramByItselfAndNoneIsLost() throws Exception {
    Natives.assume("epoll");
    NativeTransports epoll = NativeTransports.named("epoll");
    List<DatagramChannel> made = new ArrayList<>();
    open(
        new NativeTransports(
            epoll.name(),
            epoll.handlers(),
            epoll.sockets(),
            epoll.ports(),
            () -> {
              EpollDatagramChannel channel = new EpollDatagramChannel();
              channel.config().setOption(NO_CHECKSUM, 1);
              made.add(channel);
              return channel;
            },
            epoll.quic()));
    mayRead.countDown();
    int port = listen(UdpOptions.DEFAULT);
    Connection here = dial(port, Parameters.udp().build());
    assertThat(made).allSatisfy(one -> assertThat(one.config().getOption(NO_CHECKSUM)).isOne());
    int count = 150; // as many as the system holds, if need be
    List<CompletableFuture<Void>> sends = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sends.add(here.send(Payload.wrap(numbered(i))));
    }
    sends.forEach(UdpRateNetworkTest::await);
    for (int i = 0; i < count; i++) {
      assertThat(next()).isEqualTo(i);
    }
    assertThat(here.datagramCounts().sendsDropped()).isZero();
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void whatArrivesIsTheProgramsOwnWhateverComesAfterIt(String kind) throws Exception {
    open(NativeTransports.named(kind));
    mayRead.countDown();
    Connection here = dial(listen(UdpOptions.DEFAULT), Parameters.udp().build());
    int count = 300; // of three lengths, so that runs end and begin
    List<Payload> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] content = new byte[i % 7 == 0 ? 10 : i % 50 == 0 ? 40_000 : SIZE];
      Arrays.fill(content, (byte) i);
      sent.add(Payload.wrap(content));
      await(here.send(sent.get(i)));
    }
    List<Payload> kept = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Received one = received.poll(20, TimeUnit.SECONDS);
      assertThat(one).as("a datagram").isNotNull();
      kept.add(one.content());
    }
    assertThat(kept).isEqualTo(sent);
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void manyPeersOfOneSocketAreToldApartHoweverTheyAlternate(String kind) throws Exception {
    open(NativeTransports.named(kind));
    Map<InetSocketAddress, List<String>> told = new ConcurrentHashMap<>();
    CountDownLatch all = new CountDownLatch(400);
    Listener listener = network.listener(Parameters.udp().localAddress(LOOPBACK).build());
    listener.start(
        (from, connection) -> {
          connection.start(new Connection.Handler() {}, Runnable::run);
          readAll(connection, told, all);
        },
        Runnable::run);
    await(listener.ready());
    InetSocketAddress to = new InetSocketAddress(LOOPBACK, listener.port().orElseThrow());
    try (DatagramSocket one = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
        DatagramSocket two = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0))) {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        byte[] text = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
        texts.add(Integer.toString(i));
        one.send(new DatagramPacket(text, text.length, to));
        two.send(new DatagramPacket(text, text.length, to));
      }
      await(all);
      assertThat(told)
          .isEqualTo(
              Map.of(one.getLocalSocketAddress(), texts, two.getLocalSocketAddress(), texts));
    }
  }

  private static void readAll(
      Connection connection, Map<InetSocketAddress, List<String>> told, CountDownLatch all) {
    connection
        .receiveMessage()
        .thenAccept(
            one -> {
              InetSocketAddress from =
                  connection.currentPath().orElseThrow().remoteEndpoint().orElseThrow();
              told.computeIfAbsent(from, any -> new ArrayList<>())
                  .add(one.content().toUtf8String());
              all.countDown();
              readAll(connection, told, all);
            });
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void sendsWaitForTheirTurn(String kind) throws Exception {
    open(NativeTransports.named(kind));
    mayRead.countDown();
    int port = listen(UdpOptions.DEFAULT);
    UdpOptions slow = UdpOptions.builder().sendRate(200_000).build();
    Connection here = dial(port, Parameters.udp(slow).build());
    int count = 50;
    long began = System.nanoTime();
    List<CompletableFuture<Void>> sends = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sends.add(here.send(Payload.wrap(numbered(i))));
    }
    sends.forEach(UdpRateNetworkTest::await);
    // 50,000 bytes at 200,000 a second, less what leaves at once at first and last.
    assertThat(System.nanoTime() - began).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(230));
    for (int i = 0; i < count; i++) {
      assertThat(next()).isEqualTo(i);
    }
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void ofWhatMayBeLostTheOldestGivesWayToTheFreshest(String kind) throws Exception {
    open(NativeTransports.named(kind));
    mayRead.countDown();
    int port = listen(UdpOptions.DEFAULT);
    UdpOptions slow = UdpOptions.builder().sendRate(200_000).build();
    Connection here = dial(port, Parameters.udp(slow).sendBudget(10 * SIZE).build());
    int count = 500;
    for (int i = 0; i < count; i++) {
      here.sendIdempotent(Payload.wrap(numbered(i)), SendOptions.DEFAULT);
    }
    int arrived = 1;
    int before = -1;
    int number;
    while ((number = next()) != count - 1) {
      assertThat(number).isGreaterThan(before);
      before = number;
      arrived++;
    }
    assertThat(arrived).isLessThan(count / 2);
    assertThat(arrived + here.datagramCounts().sendsDropped()).isEqualTo(count);
  }

  @ParameterizedTest
  @MethodSource("dev.earshot.transport.netty.Natives#names")
  void cancelSendsWhatWaitsForItsTurn(String kind) throws IOException, InterruptedException {
    open(NativeTransports.named(kind));
    mayRead.countDown();
    int port = listen(UdpOptions.DEFAULT);
    UdpOptions slow = UdpOptions.builder().sendRate(200_000).build();
    Connection here = dial(port, Parameters.udp(slow).build());
    int count = 20;
    for (int i = 0; i < count; i++) {
      here.send(Payload.wrap(numbered(i)));
    }
    await(here.cancel());
    for (int i = 0; i < count; i++) {
      assertThat(next()).isEqualTo(i);
    }
  }
}
