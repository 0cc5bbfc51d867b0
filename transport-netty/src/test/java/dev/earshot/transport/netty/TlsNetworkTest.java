package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.SendOptions;
import dev.earshot.spi.StreamSecurity;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.CsvSource;

/** TLS under content, with the JDK's engine, in both versions. */
@Tag("network")
@ParameterizedClass
@CsvSource({"nio,TLSv1.2", "nio,TLSv1.3", "epoll,TLSv1.3"})
class TlsNetworkTest {
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();
  private static final Parameters TCP = Parameters.tcp().build();

  @Parameter(0)
  String natives;

  @Parameter(1)
  String version;

  private Bench bench;
  private StreamSecurity security;

  @BeforeEach
  void open() {
    Natives.assume(natives);
    bench = new Bench(natives);
    security = JdkSecurity.of(version);
  }

  @AfterEach
  void close() {
    if (bench != null) {
      bench.close();
    }
  }

  private Bench.Door listen(Parameters parameters) {
    return bench.listen(List.of(Bench.local(0)), parameters, Optional.of(security));
  }

  private End dial(Bench.Door door, Parameters parameters, StreamSecurity with) {
    End end = new End(bench.transport.nextLoop());
    return bench.dial(end, End.await(door.number), parameters, Optional.of(with));
  }

  private Bench.Pair pair(Parameters parameters) throws InterruptedException {
    Bench.Door door = listen(parameters);
    End client = dial(door, parameters, security);
    End server = door.next();
    End.await(client.ready);
    End.await(server.ready);
    return new Bench.Pair(client, server);
  }

  @Test
  void messagesArriveBothWays() throws Exception {
    Bench.Pair pair = pair(WEB_SOCKET);
    assertThat(pair.client().pipe().securityMetadata().orElseThrow().protocol()).isEqualTo(version);
    byte[] bytes = new byte[1_000_000];
    new Random(1).nextBytes(bytes);
    Payload payload = Payload.wrap(bytes);
    for (int i = 0; i < 20; i++) {
      pair.client().send("small");
      pair.client().send(payload, SendOptions.DEFAULT);
      pair.server().send(payload, SendOptions.DEFAULT);
    }
    for (int i = 0; i < 20; i++) {
      assertThat(pair.server().next().content().toUtf8String()).isEqualTo("small");
      assertThat(pair.server().next().content()).isEqualTo(payload);
      assertThat(pair.client().next().content()).isEqualTo(payload);
    }
    pair.server().close();
    assertThat(pair.client().next().endOfStream()).isTrue();
    End.await(pair.client().closed);
    End.await(pair.server().closed);
  }

  @Test
  void streamsOfBytesArriveAndEnd() throws Exception {
    Bench.Pair pair = pair(TCP);
    byte[] question = new byte[700_000];
    new Random(2).nextBytes(question);
    pair.client().send(Payload.copyOf(question), SendOptions.FINAL);
    assertThat(pair.server().all()).isEqualTo(question);
    if (version.equals("TLSv1.3")) { // in TLS 1.2, the JDK's engine ends both directions at once
      pair.server().send(Payload.copyOf(question), SendOptions.FINAL);
      assertThat(pair.client().all()).isEqualTo(question);
    }
    pair.server().close();
    End.await(pair.client().closed);
    End.await(pair.server().closed);
  }

  @Test
  void aPeerThatIsNotTrustedIsToldSo() throws Exception {
    Bench.Door door = listen(WEB_SOCKET);
    End client = dial(door, WEB_SOCKET, JdkSecurity.distrusting(version));
    assertThat(End.await(client.failed)).isInstanceOf(HandshakeException.class);
    // It knows only if the alert was sent before the socket was closed.
    assertThat(End.await(door.next().failed))
        .isInstanceOfSatisfying(
            HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.NOT_TRUSTED));
  }

  @Test
  void aStreamThatIsCutIsLost() throws Exception {
    Bench.Door door = listen(TCP);
    try (Socket plain = new Socket("127.0.0.1", End.await(door.number));
        SSLSocket peer = layered(plain, version)) {
      peer.getOutputStream().write(new byte[] {1, 2, 3});
      End end = door.next();
      assertThat(end.next().content()).isEqualTo(Payload.wrap(new byte[] {1, 2, 3}));
      End.await(end.ready);
      plain.shutdownOutput();
      assertThat(End.await(end.failed)).isInstanceOf(ConnectionLostException.class);
    }
  }

  @Test
  void aPeerThatDoesNotSpeakTlsFailsTheHandshake() throws Exception {
    Bench.Door door = listen(WEB_SOCKET);
    try (Socket peer = new Socket("127.0.0.1", End.await(door.number))) {
      peer.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      assertThat(End.await(door.next().failed)).isInstanceOf(HandshakeException.class);
      assertThat(peer.getInputStream().readAllBytes()).isNotEmpty(); // an alert
    }
  }

  @Test
  void aPeerThatGoesAwayFailsTheHandshake() throws Exception {
    Bench.Door door = listen(WEB_SOCKET);
    try (Socket peer = new Socket("127.0.0.1", End.await(door.number))) {
      peer.getOutputStream().write(new byte[] {0x16, 3, 1});
      peer.shutdownOutput();
      assertThat(End.await(door.next().failed)).isInstanceOf(HandshakeException.class);
    }
  }

  @Test
  void tlsOnAPlainPortIsNamed() throws Exception {
    Bench.Door door = bench.listen(WEB_SOCKET);
    End client = dial(door, WEB_SOCKET, security);
    assertThat(End.await(client.failed)).isInstanceOf(HandshakeException.class);
    assertThat(End.await(door.next().failed))
        .isInstanceOfSatisfying(
            HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TLS_PEER));
  }

  @Test
  void plainOnATlsPortIsNamed() throws Exception {
    Bench.Door door = listen(WEB_SOCKET);
    End client = bench.dial(End.await(door.number), WEB_SOCKET);
    assertThat(End.await(client.failed))
        .isInstanceOfSatisfying(
            HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TLS_PEER));
  }

  @Test
  void cancellingDuringTheHandshakeTellsNobody() throws Exception {
    Bench.Door door = listen(WEB_SOCKET);
    try (Socket peer = new Socket("127.0.0.1", End.await(door.number))) {
      peer.getOutputStream().write(new byte[] {0x16, 3, 1});
      End end = door.next();
      end.loop.execute(() -> end.dial.cancel());
      assertThat(peer.getInputStream().read()).isEqualTo(-1);
      assertThat(end.failed).isNotDone();
    } catch (java.net.SocketException expected) {
      assertThat(expected).hasMessageContaining("reset");
    }
  }

  private static SSLSocket layered(Socket plain, String version) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            JdkSecurity.context(true)
                .getSocketFactory()
                .createSocket(plain, "127.0.0.1", plain.getPort(), false);
    socket.setEnabledProtocols(new String[] {version});
    return socket;
  }
}
