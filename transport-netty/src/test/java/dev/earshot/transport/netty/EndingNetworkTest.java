package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** How connections end, seen from this side and, by a bare socket, from the other. */
@Tag("network")
@ParameterizedClass
@MethodSource("dev.earshot.transport.netty.Natives#names")
class EndingNetworkTest {
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();
  private static final Parameters TCP = Parameters.tcp().build();
  private static final int PATIENCE_MILLIS = 20_000;

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

  private Socket socket(Bench.Door door) throws Exception {
    Socket socket = new Socket("127.0.0.1", End.await(door.number));
    socket.setSoTimeout(PATIENCE_MILLIS);
    return socket;
  }

  /** A socket that has upgraded to WebSocket by hand. */
  private Socket upgraded(Bench.Door door, byte[] more) throws Exception {
    Socket socket = socket(door);
    byte[] request =
        ("GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] all = Arrays.copyOf(request, request.length + more.length);
    System.arraycopy(more, 0, all, request.length, more.length);
    socket.getOutputStream().write(all);
    String head = "";
    while (!head.endsWith("\r\n\r\n")) {
      head += (char) socket.getInputStream().read();
    }
    assertThat(head).startsWith("HTTP/1.1 101 ");
    return socket;
  }

  @Test
  void aFrameInTheSameSegmentAsTheRequestIsNotLost() throws Exception {
    Bench.Door door = bench.listen(WEB_SOCKET);
    try (Socket socket = upgraded(door, new Frames(true).add(0x81, "early").toByteArray())) {
      assertThat(door.next().next().content().toUtf8String()).isEqualTo("early");
      assertThat(socket.isClosed()).isFalse();
    }
  }

  @Test
  void theAcceptingSideAnswersACloseFrameAndEndsTcpFirst() throws Exception {
    Bench.Door door = bench.listen(WEB_SOCKET);
    byte[] close = {0x03, (byte) 0xE8};
    try (Socket socket = upgraded(door, new Frames(true).add(0x88, close).toByteArray())) {
      assertThat(socket.getInputStream().readAllBytes())
          .isEqualTo(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xE8});
      End.await(door.next().closed);
    }
  }

  @Test
  void aPeerThatGoesWithoutACloseFrameIsLost() throws Exception {
    Bench.Door door = bench.listen(WEB_SOCKET);
    try (Socket socket = upgraded(door, new byte[0])) {
      socket.shutdownOutput();
      assertThat(End.await(door.next().failed))
          .isInstanceOf(ConnectionLostException.class)
          .hasMessageContaining("without a farewell");
    }
  }

  @Test
  void aViolationIsToldWithItsCodeEvenWhileThePeerGoesOnSending() throws Exception {
    Bench.Door door = bench.listen(WEB_SOCKET);
    byte[] wrong = new Frames(true).raw(0xF2).raw(new int[100_000]).toByteArray();
    try (Socket socket = upgraded(door, wrong)) {
      assertThat(socket.getInputStream().readAllBytes())
          .isEqualTo(new byte[] {(byte) 0x88, 2, 0x03, (byte) 0xEA});
      End.await(door.next().failed);
    }
  }

  @Test
  void abortingResetsTheConnection() throws Exception {
    Bench.Pair pair = bench.pair(WEB_SOCKET);
    pair.client().abort();
    assertThat(End.await(pair.server().failed))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("reset");
    assertThat(pair.client().closed).isNotDone();
    assertThat(pair.client().failed).isNotDone();
  }

  @Test
  void abortingAfterTheFarewellWasSentDestroysNothing() throws Exception {
    Bench.Door door = bench.listen(TCP);
    byte[] sent = new byte[60_000]; // fits into what the system buffers
    Arrays.fill(sent, (byte) 7);
    try (Socket socket = socket(door)) {
      End end = door.next();
      End.await(end.ready);
      end.send(Payload.copyOf(sent), SendOptions.FINAL);
      InputStream input = socket.getInputStream();
      assertThat(input.readNBytes(59_999)).hasSize(59_999);
      end.loop.execute(() -> end.pipe().abort());
      assertThat(input.readAllBytes()).hasSize(1);
    }
  }

  @Test
  void aResetIsALoss() throws Exception {
    Bench.Door door = bench.listen(TCP);
    Socket socket = socket(door);
    End end = door.next();
    End.await(end.ready);
    socket.setSoLinger(true, 0);
    socket.close();
    assertThat(End.await(end.failed))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("reset");
  }

  @Test
  void whatAPeerSentBeforeItWentIsReceived() throws Exception {
    Bench.Door door = bench.listen(TCP);
    door.factory =
        loop -> {
          End end = new End(loop);
          end.readsOn = false;
          return end;
        };
    End end;
    try (Socket socket = socket(door)) {
      end = door.next();
      End.await(end.ready);
      socket.getOutputStream().write(new byte[200_000]);
    }
    end.readsOn = true;
    end.read();
    assertThat(end.all()).hasSize(200_000);
    end.close();
    End.await(end.closed);
  }

  @Test
  void aPeerThatRefusesToUpgradeIsQuoted() throws Exception {
    try (java.net.ServerSocket server = new java.net.ServerSocket(0)) {
      End client = bench.dial(server.getLocalPort(), WEB_SOCKET);
      try (Socket peer = server.accept()) {
        peer.getInputStream().read(new byte[1_000]);
        peer.getOutputStream().write("HTTP/1.1 404 Nothing here\r\n\r\n".getBytes());
        assertThat(End.await(client.failed))
            .isInstanceOfSatisfying(
                HandshakeException.class,
                e -> assertThat(e.reason()).isEqualTo(Reason.UPGRADE_REFUSED))
            .hasMessageContaining("404 Nothing here");
      }
    }
  }

  @Test
  void aPeerThatHangsUpDuringTheUpgradeIsAFailedHandshake() throws Exception {
    Bench.Door door = bench.listen(WEB_SOCKET);
    try (Socket socket = socket(door)) {
      socket.getOutputStream().write("GET / HT".getBytes(StandardCharsets.US_ASCII));
      socket.setSoLinger(true, 0);
    }
    assertThat(End.await(door.next().failed))
        .isInstanceOfSatisfying(
            HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.CLOSED));
  }

  @Test
  void cancellingADialDuringTheUpgradeFreesTheSocketAndTellsNobody() throws Exception {
    try (java.net.ServerSocket server = new java.net.ServerSocket(0)) {
      End client = bench.dial(server.getLocalPort(), WEB_SOCKET);
      try (Socket peer = server.accept()) {
        peer.setSoTimeout(PATIENCE_MILLIS);
        End.await(client.connected);
        client.loop.execute(() -> client.dial.cancel());
        try {
          while (peer.getInputStream().read() >= 0) { // the request, until the reset
          }
        } catch (SocketException expected) {
          assertThat(expected).hasMessageContaining("reset");
        }
        assertThat(client.failed).isNotDone();
      }
    }
  }

  @RepeatedTest(20)
  void closingTheTransportAbortsWhatIsOpenAndTellsNobody() throws Exception {
    Bench.Pair pair = bench.pair(WEB_SOCKET);
    bench.close();
    assertThat(pair.client().failed).isNotDone();
    assertThat(pair.server().closed).isNotDone();
  }

  @Test
  void aConnectionUpgradesToAStreamOfBytesOnAWebSocketPort() throws Exception {
    Bench.Door door =
        bench.listen(
            Parameters.webSocket(
                    dev.earshot.WebSocketOptions.builder()
                        .byteStreamUpgrade("earshot-stream")
                        .build())
                .build());
    dev.earshot.HttpUpgrade upgrade =
        dev.earshot.HttpUpgrade.to("earshot-stream").withHeader("token", "abc");
    End client = bench.dial(End.await(door.number), Parameters.tcp(upgrade).build());
    End server = door.next();
    End.await(server.ready);
    assertThat(server.pipe().isMessageBased()).isFalse();
    assertThat(server.pipe().upgrade().orElseThrow().header("Token")).contains("abc");
    client.pipe();
    client.send(Payload.utf8("raw"), SendOptions.FINAL);
    assertThat(server.all()).isEqualTo("raw".getBytes(StandardCharsets.US_ASCII));
    server.close();
    End.await(client.closed);
    End.await(server.closed);
  }
}
