package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.DataTransferReport;
import dev.earshot.Endpoint;
import dev.earshot.EstablishmentReport;
import dev.earshot.Framer;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import io.netty.channel.epoll.Epoll;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Everything together, as a program uses it: networks of the public API over real sockets. */
@Tag("network")
@ParameterizedClass
@ValueSource(
    strings = {"web socket", "web socket, secured", "tcp", "tcp, secured", "tcp, framed, secured"})
class WholeNetworkTest {
  private static final PreSharedKey KEY = PreSharedKey.of("den", new byte[32]);
  private static final int MEBIBYTE = 1 << 20;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Parameter String kind;

  private Network network;
  private final BlockingQueue<Connection> arrived = new LinkedBlockingQueue<>();

  @BeforeEach
  void open() {
    LeakWatch.begin();
    network = Network.open();
  }

  @AfterEach
  void close() throws InterruptedException {
    network.close();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith("earshot")) {
        thread.join(TimeUnit.SECONDS.toMillis(End.PATIENCE_SECONDS)); // it is about to end
        assertThat(thread.isAlive()).as(thread.getName()).isFalse();
      }
    }
    LeakWatch.assertNothingReported();
  }

  private Parameters parameters() {
    Parameters.Builder builder = kind.startsWith("web") ? Parameters.webSocket() : Parameters.tcp();
    if (kind.contains("framed")) {
      builder.framer(Framer.lengthPrefixed(4));
    }
    if (kind.endsWith("secured")) {
      builder.security(Security.psk(KEY));
    }
    return builder.localAddress(InetAddress.getLoopbackAddress()).build();
  }

  private boolean isMessageBased() {
    return kind.startsWith("web");
  }

  /** A listener that starts what arrives. */
  private int listen() {
    Listener listener = network.listener(parameters());
    listener.start(
        (from, connection) -> {
          connection.start();
          arrived.add(connection);
        },
        Runnable::run);
    return await(listener.ready()).port().orElseThrow();
  }

  private Connection dial(int port) {
    return await(
        network.connection(Endpoint.hostPort("127.0.0.1", port), parameters()).start().ready());
  }

  private Connection arrival() throws InterruptedException {
    Connection connection = arrived.poll(End.PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(connection).isNotNull();
    return await(connection.ready());
  }

  private static <T> T await(CompletableFuture<T> future) {
    return End.await(future);
  }

  /** Reads until {@code total} bytes have come. */
  private static long read(Connection connection, long total) {
    long count = 0;
    while (count < total) {
      count += await(connection.receiveMessage()).content().length();
    }
    return count;
  }

  @Test
  void anEchoComesBack() throws Exception {
    Connection client = dial(listen());
    Connection server = arrival();
    for (int length : new int[] {1, 100, 70_000, 2 * MEBIBYTE}) {
      byte[] bytes = new byte[length];
      new Random(length).nextBytes(bytes);
      CompletableFuture<Void> sent = client.send(Payload.wrap(bytes));
      Received there = await(server.receive(length, length));
      assertThat(there.content()).isEqualTo(Payload.wrap(bytes));
      await(sent);
      CompletableFuture<Void> back = server.send(there.content());
      assertThat(await(client.receive(length, length)).content()).isEqualTo(there.content());
      await(back);
    }
    await(client.cancel());
    await(server.cancel());
  }

  @Test
  void bothSidesReportHowTheyCameAboutAndWhatTheyCarried() throws Exception {
    Connection client = dial(listen());
    Connection server = arrival();
    await(client.send(Payload.wrap(new byte[1_000])));
    read(server, 1_000);
    List<String> handshakes = new ArrayList<>();
    if (kind.endsWith("secured")) {
      handshakes.add("TLS");
    }
    if (kind.startsWith("web")) {
      handshakes.add("WebSocket");
    }
    for (Connection side : List.of(client, server)) {
      EstablishmentReport report = side.establishmentReport().orElseThrow();
      assertThat(report.handshakes())
          .extracting(EstablishmentReport.Handshake::protocol)
          .containsExactlyElementsOf(handshakes);
      assertThat(report.duration()).isPositive();
      DataTransferReport carried = await(side.dataTransferReport());
      assertThat(carried.bytesSent() + carried.bytesReceived()).isEqualTo(1_000);
      assertThat(carried.tcp().isPresent()).isEqualTo(Epoll.isAvailable());
      carried.tcp().ifPresent(tcp -> assertThat(tcp.roundTrip()).isPositive());
    }
  }

  @Test
  void aReaderThatStopsBoundsTheMemoryOfBoth() throws Exception {
    Connection client = dial(listen());
    Connection server = arrival();
    Payload piece = Payload.wrap(new byte[64 << 10]);
    long taken = 0;
    CompletableFuture<Void> room = client.send(piece);
    for (; taken < 1024 * MEBIBYTE; taken += piece.length()) {
      try {
        room.get(500, TimeUnit.MILLISECONDS);
      } catch (java.util.concurrent.TimeoutException expected) {
        break; // it hangs, as it should
      }
      room = client.send(piece);
    }
    assertThat(taken).as("bytes taken from the sender").isLessThan(128L * MEBIBYTE);
    assertThat(read(server, taken + piece.length())).isEqualTo(taken + piece.length());
    await(room);
    client.forceCancel();
  }

  @Test
  void oneSideMayFinishFirst() throws Exception {
    Connection client = dial(listen());
    Connection server = arrival();
    await(client.send(Payload.utf8("question"), SendOptions.FINAL));
    assertThat(await(server.receive(8, 8)).content().toUtf8String()).isEqualTo("question");
    Received end = await(server.receive(1, 8));
    assertThat(end.endOfStream()).isTrue();
    if (!isMessageBased()) {
      await(server.send(Payload.utf8("answer"), SendOptions.FINAL));
      assertThat(await(client.receive(6, 6)).content().toUtf8String()).isEqualTo("answer");
      assertThat(await(client.receive(1, 8)).endOfStream()).isTrue();
    }
  }

  /** A computer that does other things too makes it longer at times, and never shorter. */
  @Test
  void closingTheNetworkIsQuickAndLeavesNothing() throws Exception {
    long least = closeInTheMiddle();
    for (int tries = 1; tries < 5 && least > SECOND; tries++) {
      network = Network.open();
      least = Math.min(least, closeInTheMiddle());
    }
    assertThat(least).isLessThanOrEqualTo(SECOND);
  }

  private long closeInTheMiddle() throws Exception {
    int port = listen();
    for (int i = 0; i < 20; i++) {
      dial(port).send(Payload.utf8("left behind"));
      arrival();
    }
    long before = System.nanoTime();
    network.close();
    return System.nanoTime() - before;
  }
}
