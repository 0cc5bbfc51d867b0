package dev.earshot.security.tls.psk;

import static dev.earshot.security.tls.psk.EnginePair.KEY;
import static dev.earshot.security.tls.psk.EnginePair.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.spi.StreamSecurity.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLException;
import org.bouncycastle.tls.ProtocolVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What each side is told when a handshake comes to nothing. */
class PskFailureTest {
  private static final byte[] OTHER_KEY = "fedcba9876543210".getBytes(StandardCharsets.US_ASCII);
  private static final int PLAIN_SUITE = 0x00A8;

  @ParameterizedTest
  @EnumSource
  void differentKeysAreAWrongKeyOnBothSides(PskSuite suite) {
    PskSource here = PskSource.of(key("kitchen"));
    PskSource there = PskSource.of(PreSharedKey.of("kitchen", OTHER_KEY));
    EnginePair pair = EnginePair.ofSuite(suite, here, there).exchange();

    assertFailed(pair.client, Reason.WRONG_KEY, "TLS with the server", "'kitchen'", "is not ours");
    assertFailed(pair.server, Reason.WRONG_KEY, "TLS with the client", "'kitchen'", "is not ours");
  }

  @Test
  void aKeyThatOnlyIsLongerIsAWrongKey() {
    byte[] longer = new byte[KEY.length + 1];
    System.arraycopy(KEY, 0, longer, 0, KEY.length);
    EnginePair pair =
        EnginePair.ofKeys(key("kitchen"), PreSharedKey.of("kitchen", longer)).exchange();

    assertFailed(pair.server, Reason.WRONG_KEY);
  }

  @ParameterizedTest
  @EnumSource
  void anIdentityThatTheServerLacksIsKnownToBeUnknownByTheServerOnly(PskSuite suite) {
    EnginePair pair =
        EnginePair.ofSuite(suite, PskSource.of(key("bath")), PskSource.of(key("kitchen")))
            .exchange();

    assertFailed(pair.client, Reason.WRONG_KEY, "the identity 'bath' is not ours, or it has none");
    assertFailed(pair.server, Reason.UNKNOWN_IDENTITY, "the peer's identity 'bath'");
  }

  @Test
  void identitiesAreShownEscaped() {
    Payload odd = Payload.copyOf(new byte[] {'a', '\n', (byte) 0xFF, '\'', 0});
    EnginePair pair = EnginePair.ofKeys(PreSharedKey.of(odd, KEY), key("kitchen")).exchange();

    assertFailed(pair.server, Reason.UNKNOWN_IDENTITY, "'a\\x0A\\xFF\\x27\\x00'");
  }

  /** Trap M1. */
  @ParameterizedTest
  @EnumSource
  void aClientThatUsesItsIdentityAsItsKeyIsToldApartAndRefused(PskSuite suite) {
    byte[] identity = "kitchen".getBytes(StandardCharsets.US_ASCII);
    StockSide client = StockSide.client("kitchen", identity, PskSuite.codes(List.of(suite)));
    EngineSide server =
        new EngineSide(
            new PskSecurity(EnginePair.anyVersion(PskSource.of(key("kitchen"))))
                .open(Role.SERVER, "the client"));

    Side.exchange(client, server);

    assertFailed(server, Reason.WRONG_KEY, "used its identity 'kitchen' as its key");
    assertThat(client.thrown)
        .hasMessageContaining(suite.isTls13() ? "decrypt_error" : "bad_record_mac");
  }

  @Test
  void noSuiteInCommonIsNamedOnBothSides() {
    Security.Psk strict = Security.psk(key("kitchen")).requireForwardSecrecy();
    EngineSide server = new EngineSide(new PskSecurity(strict).open(Role.SERVER, "the client"));
    PskSecurity lax =
        new PskSecurity(
            PskSource.of(key("kitchen")),
            PskTerms.of(List.of(PskSuite.TLS_PSK_WITH_AES_128_GCM_SHA256)),
            new SecureRandom());
    EngineSide client = new EngineSide(lax.open(Role.CLIENT, "the server"));

    Side.exchange(client, server);

    assertFailed(server, Reason.NO_COMMON_SUITE, "none of our cipher suites", "TLS_ECDHE_PSK");
    assertFailed(client, Reason.NO_COMMON_SUITE, "TLS_PSK_WITH_AES_128_GCM_SHA256");
  }

  @Test
  void aClientOfTls13AloneHasNoVersionInCommon() {
    StockSide client =
        StockSide.client(ProtocolVersion.TLSv13.only(), "kitchen", KEY, 0x1301, PLAIN_SUITE);
    EngineSide server = side(Role.SERVER, PskSource.of(key("kitchen")));

    Side.exchange(client, server);

    assertFailed(server, Reason.PROTOCOL_VERSION, "TLS 1.2");
    assertThat(client.thrown).hasMessageContaining("protocol_version");
  }

  @ParameterizedTest
  @CsvSource({"0300, SSL 3.0", "0301, TLS 1.0", "0302, TLS 1.1"})
  void anOldHelloHasNoVersionInCommon(String version, String name) {
    EngineSide server = side(Role.SERVER, PskSource.of(key("kitchen")));

    server.arrive(ClientHello.plain(version, "00a800ff"));

    byte[] alert = server.takeOutput();
    assertThat(alert).as(name).hasSize(7).startsWith(21, 3).endsWith(0, 2, 2, 70);
    assertFailed(server, Reason.PROTOCOL_VERSION, "does not offer TLS 1.2");
  }

  @Test
  void aHelloOfSslTwoHasNoVersionInCommon() {
    EngineSide server = side(Role.SERVER, PskSource.of(key("kitchen")));

    server.arrive(HexFormat.of().parseHex("802e0100020015000000100100"));

    assertFailed(server, Reason.PROTOCOL_VERSION, "SSL 2.0");
  }

  @Test
  void aServerOfTls11IsRefused() {
    EngineSide client = side(Role.CLIENT, PskSource.of(key("kitchen")));
    client.begin();
    client.takeOutput();
    String random = "00".repeat(32);
    client.arrive(
        HexFormat.of()
            .parseHex("160302002a" + "02000026" + "0302" + random + "00" + "00a8" + "00"));

    assertFailed(client, Reason.PROTOCOL_VERSION);
  }

  @ParameterizedTest
  @CsvSource({
    "70, PROTOCOL_VERSION",
    "86, PROTOCOL_VERSION",
    "40, NO_COMMON_SUITE",
    "71, NO_COMMON_SUITE",
    "115, UNKNOWN_IDENTITY",
    "20, PROTOCOL_ERROR",
    "80, PROTOCOL_ERROR",
    "10, PROTOCOL_ERROR"
  })
  void anAlertInAnswerToTheHelloHasAMeaning(int alert, Reason reason) {
    EngineSide client = side(Role.CLIENT, PskSource.of(key("kitchen")));
    client.begin();
    client.takeOutput();
    client.arrive(new byte[] {21, 3, 3, 0, 2, 2, (byte) alert});

    assertThat(client.takeOutput()).as("nothing answers a fatal alert").isEmpty();
    assertFailed(client, reason, "(" + alert + ")");
  }

  @ParameterizedTest
  @CsvSource({
    "'GET / HTTP/1.1', an HTTP request",
    "'SSH-2.0-OpenSSH', a greeting of SSH",
    "'HTTP/1.0 200 OK', an HTTP answer",
    "'hi', text",
    "'\0\1\2\3\4\5', begin with 0x00"
  })
  void aPeerWithoutTlsIsNamedByWhatItLooksLike(String sent, String words) {
    for (Role role : Role.values()) {
      EngineSide side = side(role, PskSource.of(key("kitchen")));
      side.begin();
      side.takeOutput();
      side.arrive(sent.getBytes(StandardCharsets.ISO_8859_1));

      assertThat(side.takeOutput()).containsExactly(21, 3, 3, 0, 2, 2, 10);
      assertFailed(side, Reason.PLAINTEXT_PEER, words);
    }
  }

  @Test
  void aStreamThatEndsDuringTheHandshakeIsClosed() {
    EnginePair pair = EnginePair.plain();
    pair.client.begin();
    pair.server.arrive(pair.client.takeOutput());
    pair.server.takeOutput();

    for (EngineSide side : List.of(pair.client, pair.server)) {
      side.end();
      assertThat(side.takeOutput()).isEmpty();
      assertFailed(side, Reason.CLOSED, "during the handshake");
    }
  }

  @Test
  void aPeerThatClosesAfterOurProofMayNotKnowTheKey() {
    EnginePair pair = EnginePair.plain();
    pair.client.begin();
    pair.server.arrive(pair.client.takeOutput());
    pair.client.arrive(pair.server.takeOutput());
    pair.client.takeOutput();
    pair.client.end();

    assertFailed(pair.client, Reason.CLOSED, "do not know the identity 'kitchen'");
  }

  @Test
  void aPeerThatGivesUpInOrderIsClosed() {
    for (boolean serverGivesUp : new boolean[] {true, false}) {
      EnginePair pair = EnginePair.plain();
      pair.client.begin();
      pair.server.arrive(pair.client.takeOutput());
      EngineSide quitter = serverGivesUp ? pair.server : pair.client;
      EngineSide other = serverGivesUp ? pair.client : pair.server;
      if (serverGivesUp) {
        quitter.takeOutput();
      }
      quitter.engine.closeOutbound();
      byte[] farewell = quitter.takeOutput();
      assertThat(farewell).isNotEmpty();
      other.takeOutput();
      other.arrive(farewell);

      assertFailed(other, Reason.CLOSED, "closed the connection during the handshake");
    }
  }

  @Test
  void aListenersSourceCannotConnect() {
    EngineSide client = side(Role.CLIENT, identity -> CompletableFuture.completedStage(null));
    client.begin();

    assertFailed(client, Reason.OTHER, "listeners only");
  }

  @Test
  void aDestroyedKeyNeitherConnectsNorAccepts() {
    PreSharedKey gone = key("kitchen");
    gone.destroy();
    EngineSide client = side(Role.CLIENT, PskSource.of(gone));
    client.begin();
    assertFailed(client, Reason.OTHER, "destroyed");

    EnginePair pair = EnginePair.ofKeys(key("kitchen"), gone).exchange();
    assertFailed(pair.client, Reason.WRONG_KEY);
    assertFailed(pair.server, Reason.UNKNOWN_IDENTITY, "destroyed");
  }

  @Test
  void aSourceThatFailsInWhateverWayKnowsNoKey() {
    List<PskSource> broken =
        List.of(
            identity -> CompletableFuture.failedStage(new IOException("no database")),
            identity -> {
              throw new IllegalArgumentException("no database");
            },
            identity -> nothing());
    for (PskSource source : broken) {
      EnginePair pair = EnginePair.ofSources(PskSource.of(key("kitchen")), source).exchange();

      assertFailed(pair.client, Reason.WRONG_KEY);
      assertFailed(pair.server, Reason.UNKNOWN_IDENTITY, "looking up", "'kitchen'");
    }
  }

  @Test
  void anOwnKeyThatCannotBeAskedForEndsTheHandshake() {
    PskSource broken =
        new PskSource() {
          @Override
          public CompletionStage<Optional<PreSharedKey>> find(Payload identity) {
            return CompletableFuture.completedStage(Optional.empty());
          }

          @Override
          public Optional<PreSharedKey> own() {
            throw new IllegalArgumentException("no keyring");
          }
        };
    EngineSide client = side(Role.CLIENT, broken);
    client.begin();

    assertFailed(client, Reason.OTHER, "no keyring");
  }

  @Test
  void aTimeoutAndABrokenStreamAreToldApart() {
    EngineSide client = side(Role.CLIENT, PskSource.of(key("kitchen")));
    client.begin();

    assertThat(reason(client, new java.util.concurrent.TimeoutException("10 s")))
        .isEqualTo(Reason.TIMED_OUT);
    assertThat(reason(client, new IOException("Connection reset"))).isEqualTo(Reason.CLOSED);
    assertThat(reason(client, new SSLException("not an SSL/TLS record: 4745")))
        .isEqualTo(Reason.PLAINTEXT_PEER);
    assertThat(reason(client, new IllegalStateException())).isEqualTo(Reason.OTHER);
  }

  @SuppressWarnings("NullAway") // what a careless source may return
  private static CompletionStage<Optional<PreSharedKey>> nothing() {
    return null;
  }

  private static Reason reason(EngineSide side, Throwable cause) {
    return ((HandshakeException) side.stream.explain(cause)).reason();
  }

  private static EngineSide side(Role role, PskSource source) {
    return new EngineSide(new PskSecurity(Security.psk(source)).open(role, "the peer"));
  }

  private static void assertFailed(EngineSide side, Reason reason, String... words) {
    assertThat(side.thrown).isNotNull();
    NetworkException told = side.stream.explain(new IOException("wrapped", side.thrown));
    assertThat(told)
        .asInstanceOf(type(HandshakeException.class))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    assertThat(told.getMessage()).startsWith("TLS with the ").doesNotContain("0123456789abcdef");
    assertThat(List.of(words)).allSatisfy(word -> assertThat(told.getMessage()).contains(word));
    assertThat(side.engine.isInboundDone()).isTrue();
    side.takeOutput();
    assertThat(side.engine.isOutboundDone()).isTrue();
    assertThat(side.finished).isZero();
  }
}
