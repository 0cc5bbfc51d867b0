package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.TlsVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What goes wrong with pre-shared keys, in both roles over real sockets: always in words. */
@Tag("network")
class PskMatrixNetworkTest {
  private static final Duration SHORT = Duration.ofSeconds(3);
  private static final byte[] KEY =
      "a key of thirty-two bytes, really".getBytes(StandardCharsets.US_ASCII);

  @ParameterizedTest
  @EnumSource
  void aGoodKeyIsAnOpenConnection(TlsVersion version) {
    try (Loopback loopback = Loopback.listen(Parameters.tcp().security(good(version)))) {
      Loopback.Pair pair = loopback.pair(Runnable::run);

      assertThat(pair.dialling().securityMetadata().orElseThrow().protocol())
          .isEqualTo(version.protocol());
      pair.dialling().send(Payload.utf8("hello"));
      assertThat(Eventually.get(pair.accepting().receive(5, 5)).content().toUtf8String())
          .isEqualTo("hello");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWrongKeyIsNamedOnBothSides(TlsVersion version) {
    Security wrong = Security.psk(PreSharedKey.of("kitchen", new byte[32])).versions(version);

    assertFailures(good(version), wrong, Reason.WRONG_KEY, Reason.WRONG_KEY);
  }

  @ParameterizedTest
  @EnumSource
  void anUnknownIdentityIsNamedOnlyWhereItIsUnknown(TlsVersion version) {
    Security unknown = Security.psk(PreSharedKey.of("cellar", KEY)).versions(version);

    assertFailures(good(version), unknown, Reason.UNKNOWN_IDENTITY, Reason.WRONG_KEY);
  }

  @Test
  void aSideWithTls13OnlyAndOneWithout() {
    Security newer = good(TlsVersion.TLS_1_3);
    Security older = good(TlsVersion.TLS_1_2);

    assertFailures(newer, older, Reason.PROTOCOL_VERSION, Reason.PROTOCOL_VERSION);
    assertFailures(older, newer, Reason.PROTOCOL_VERSION, Reason.PROTOCOL_VERSION);
  }

  @Test
  void onlyOneSideIsSecured() {
    assertFailures(good(TlsVersion.TLS_1_2), Security.none(), Reason.PLAINTEXT_PEER, null);
    assertFailures(Security.none(), good(TlsVersion.TLS_1_2), Reason.TLS_PEER, null);
  }

  @ParameterizedTest
  @EnumSource
  void aLookUpThatNeverAnswersIsTimedOut(TlsVersion version) {
    PskSource mute = identity -> new CompletableFuture<>();
    Security.Psk waiting = good(version).withSource(mute);

    assertFailures(waiting, good(version), Reason.TIMED_OUT, null);
  }

  /** Many more look-ups than there are workers. */
  @Test
  void lookUpsThatNeverAnswerKeepNobodyOut() {
    PskSource keys =
        identity ->
            identity.toUtf8String().startsWith("mute")
                ? new CompletableFuture<>()
                : CompletableFuture.completedStage(Optional.of(PreSharedKey.of(identity, KEY)));
    Security.Psk accepting = good(TlsVersion.TLS_1_2).withSource(keys);
    Parameters.Builder listening =
        Parameters.tcp()
            .security(accepting)
            .maximumHandshakes(64, 64)
            .handshakeTimeout(Eventually.PATIENCE);
    List<Connection> mute = new ArrayList<>();
    try (Loopback loopback = Loopback.listen(listening)) {
      for (int i = 0; i < 30; i++) {
        mute.add(dial(loopback, "mute" + i));
        loopback.accepted().start();
      }
      Connection good = dial(loopback, "kitchen");
      Eventually.get(loopback.accepted().start().ready());
      Eventually.get(good.ready());
      assertThat(mute).noneMatch(connection -> connection.ready().isDone());
    }
  }

  /** Half a hello each, all from one address; somebody from another is let in meanwhile. */
  @Test
  void aFloodOfHalfOpenHandshakesKeepsNobodyElseOut() throws Exception {
    byte[] half = HexFormat.of().parseHex("16030100b5010000b10303" + "00".repeat(20));
    List<Socket> flood = new ArrayList<>();
    Parameters.Builder listening = Parameters.tcp().security(good(TlsVersion.TLS_1_2));
    try (Loopback loopback = Loopback.listen(listening)) {
      for (int i = 0; i < 100; i++) {
        Socket socket = new Socket();
        flood.add(socket);
        socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.7"), 0));
        socket.connect(new InetSocketAddress("127.0.0.1", loopback.port()));
        try {
          socket.getOutputStream().write(half);
        } catch (IOException refused) {
          assertThat(i).as("the first eight are let in").isGreaterThanOrEqualTo(8);
        }
        if (i < 8) {
          loopback.accepted().start();
        }
      }
      Loopback.Pair served = loopback.pair(Runnable::run);

      assertThat(served.accepting().currentPath().orElseThrow().remoteEndpoint().orElseThrow())
          .extracting(remote -> remote.getAddress().getHostAddress())
          .isEqualTo("127.0.0.1");
    } finally {
      for (Socket socket : flood) {
        socket.close();
      }
    }
  }

  /** A hello of every version that is too old, from a peer that is not ours. */
  @Test
  void oldHellosAreRefusedWithAnAlert() throws Exception {
    try (Loopback loopback = Loopback.listen(Parameters.tcp().security(good(TlsVersion.TLS_1_2)))) {
      for (String version : List.of("0300", "0301", "0302")) {
        String body = version + "00".repeat(32) + "00" + "0004" + "00a800ff" + "0100";
        String hello = "010000" + HexFormat.of().toHexDigits((byte) (body.length() / 2)) + body;
        String length = HexFormat.of().toHexDigits((short) (hello.length() / 2));
        try (RawPeer peer = RawPeer.connect(loopback.port())) {
          peer.send(HexFormat.of().parseHex("16" + version + length + hello));
          Connection accepted = loopback.accepted().start();

          assertThat(reason(accepted)).isEqualTo(Reason.PROTOCOL_VERSION);
          assertThat(peer.readToEnd()).startsWith(21).endsWith(2, 70);
        }
      }
    }
  }

  private static Security.Psk good(TlsVersion version) {
    return Security.psk(PreSharedKey.of("kitchen", KEY)).versions(version);
  }

  private static Connection dial(Loopback loopback, String identity) {
    Security security = Security.psk(PreSharedKey.of(identity, KEY));
    Parameters parameters = loopback.parameters().toBuilder().security(security).build();
    return loopback.network().connection(loopback.endpoint(), parameters).start();
  }

  /** How both sides fail; null for a side whose failure may have any name. */
  private static void assertFailures(
      Security accepting, Security dialling, Reason accepts, Reason dials) {
    Parameters.Builder listening =
        Parameters.webSocket()
            .security(accepting)
            .handshakeTimeout(accepts == Reason.TIMED_OUT ? SHORT : Eventually.PATIENCE);
    try (Loopback loopback = Loopback.listen(listening)) {
      // The accepting side's patience ends first, so that it is its own words that are tested.
      Parameters parameters =
          loopback.parameters().toBuilder()
              .security(dialling)
              .handshakeTimeout(Eventually.PATIENCE)
              .establishmentTimeout(Eventually.PATIENCE)
              .build();
      Connection there = loopback.network().connection(loopback.endpoint(), parameters).start();
      Connection here = loopback.accepted().start();

      assertThat(reason(here)).isEqualTo(accepts);
      Throwable other = Eventually.failure(there.ready());
      assertThat(other).isInstanceOf(NetworkException.class);
      if (dials != null) {
        assertThat(reason(there)).isEqualTo(dials);
      }
      assertThat(other.toString()).doesNotContain(new String(KEY, StandardCharsets.US_ASCII));
    }
  }

  private static Reason reason(Connection connection) {
    Throwable cause = Eventually.failure(connection.ready());
    assertThat(cause).isInstanceOf(HandshakeException.class);
    return ((HandshakeException) cause).reason();
  }
}
