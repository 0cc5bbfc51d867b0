package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.TlsVersion;
import dev.earshot.spi.StreamSecurity.Role;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.PSKTlsClient;
import org.bouncycastle.tls.PSKTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsServerProtocol;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which version and key is agreed on, and what nobody can make of it. */
class PskVersionTest {

  @ParameterizedTest
  @CsvSource({
    "2, 2, TLSv1.2",
    "3, 3, TLSv1.3",
    "23, 23, TLSv1.3",
    "2, 23, TLSv1.2",
    "23, 2, TLSv1.2",
    "3, 23, TLSv1.3",
    "23, 3, TLSv1.3"
  })
  void theNewestVersionThatBothAskForIsSpoken(String client, String server, String version) {
    EnginePair pair = new EnginePair(security(client), security(server)).exchange();

    assertThat(pair.client.stream.metadata().protocol()).isEqualTo(version);
    assertThat(pair.server.stream.metadata().protocol()).isEqualTo(version);
    assertThat(pair.client.engine.getSession().getProtocol()).isEqualTo(version);
  }

  @Test
  void tls12IsTheDefault() {
    Security.Psk plain = Security.psk(EnginePair.key("kitchen"));

    assertThat(plain.versions()).containsExactly(TlsVersion.TLS_1_2);
    assertThat(new EnginePair(plain, plain).client.engine.getSupportedProtocols())
        .containsExactly("TLSv1.2");
  }

  @ParameterizedTest
  @CsvSource({"3, 2, TLS 1.3, TLS 1.2", "2, 3, TLS 1.2, TLS 1.3"})
  void withoutACommonVersionBothSidesSayWhichTheyNeed(
      String client, String server, String clients, String servers) {
    EnginePair pair = new EnginePair(security(client), security(server)).exchange();

    assertFailed(pair.client, Reason.PROTOCOL_VERSION, "does not take " + clients);
    assertFailed(pair.server, Reason.PROTOCOL_VERSION, "does not offer " + servers);
  }

  @ParameterizedTest
  @CsvSource({"2", "3", "23"})
  void forwardSecrecyDemandedByEitherSideIsGiven(String versions) {
    Security.Psk lax = security(versions);
    Security.Psk strict = lax.requireForwardSecrecy();
    for (EnginePair pair : List.of(new EnginePair(strict, lax), new EnginePair(lax, strict))) {
      pair.exchange();
      String suite = pair.client.stream.metadata().cipherSuite();
      assertThat(PskSuite.valueOf(suite).isForwardSecret()).isTrue();
      assertThat(pair.server.stream.metadata().cipherSuite()).isEqualTo(suite);
    }
  }

  /** A man in the middle takes the new version out of the hello. */
  @Test
  void aHelloThatLostItsVersionsOnTheWayIsNoticedByTheClient() {
    EnginePair pair = new EnginePair(security("23"), security("23"));
    pair.client.begin();
    pair.server.arrive(
        ClientHello.without(ClientHello.SUPPORTED_VERSIONS, pair.client.takeOutput()));
    pair.exchange();

    assertThat(pair.client.finished + pair.server.finished).isZero();
    assertFailed(pair.client, Reason.PROTOCOL_ERROR, "");
  }

  /** The same with the key for it: then the proof at the end of TLS 1.2 does not fit. */
  @Test
  void aHelloThatLostItsKeyOnTheWayComesToNothing() {
    EnginePair pair = new EnginePair(security("23"), security("23"));
    pair.client.begin();
    pair.server.arrive(ClientHello.without(ClientHello.PRE_SHARED_KEY, pair.client.takeOutput()));
    pair.exchange();

    assertThat(pair.client.finished + pair.server.finished).isZero();
    assertThat(pair.server.thrown).isNotNull();
    assertThat(pair.client.thrown).isNotNull();
  }

  /**
   * Trap M25: an app that does not pin its version offers TLS 1.3, but its key for TLS 1.2 only.
   */
  @Test
  void aClientWithoutAKeyForTls13IsServedInTls12() {
    TlsClientProtocol protocol = new TlsClientProtocol();
    PSKTlsClient app =
        new PSKTlsClient(new BcTlsCrypto(), bytes("kitchen"), EnginePair.KEY.clone()) {
          @Override
          protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12);
          }

          @Override
          protected int[] getSupportedCipherSuites() {
            return new int[] {0x1301, 0x00A8};
          }
        };
    StockSide client = new StockSide(protocol, () -> protocol.connect(app));
    EngineSide server = side(Role.SERVER, security("23"));

    Side.exchange(client, server);

    assertThat(client.thrown).isNull();
    assertThat(server.stream.metadata().protocol()).isEqualTo("TLSv1.2");

    EngineSide strict = side(Role.SERVER, security("3"));
    TlsClientProtocol other = new TlsClientProtocol();
    Side.exchange(new StockSide(other, () -> other.connect(app)), strict);
    assertFailed(strict, Reason.NO_COMMON_SUITE, "offers no pre-shared key");
  }

  /** RFC 8446, section 4.2.11: the key goes with the hash that it is for, SHA-256. */
  @Test
  void aSuiteWithAnotherHashIsNeverTaken() {
    StockSide client =
        StockSide.client(
            ProtocolVersion.TLSv13.only(), "kitchen", EnginePair.KEY, 0x1302, 0x1303, 0x1301);
    EngineSide server = side(Role.SERVER, security("3"));

    Side.exchange(client, server);

    assertThat(server.stream.metadata().cipherSuite()).isEqualTo("TLS_AES_128_GCM_SHA256");
  }

  @Test
  void aServerThatDoesNotTakeTheKeyIsRefused() {
    TlsServerProtocol protocol = new TlsServerProtocol();
    PSKTlsServer certified =
        new PSKTlsServer(new BcTlsCrypto(), null) {
          @Override
          protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv13.only();
          }

          @Override
          protected int[] getSupportedCipherSuites() {
            return new int[] {0x1301};
          }

          @Override
          @SuppressWarnings("rawtypes")
          public TlsPSKExternal getExternalPSK(Vector identities) {
            return null;
          }

          @Override
          public TlsCredentials getCredentials() throws java.io.IOException {
            throw new TlsFatalAlert(AlertDescription.handshake_failure);
          }
        };
    StockSide server = new StockSide(protocol, () -> protocol.accept(certified));
    EngineSide client = side(Role.CLIENT, security("3"));

    // Up to its hello: what it would send then is its certificate.
    client.begin();
    server.begin();
    server.arrive(client.takeOutput());
    byte[] answer = server.takeOutput();
    client.arrive(answer);

    assertThat(client.finished).isZero();
    assertThat(client.thrown).isNotNull();
    assertThat(reason(client)).isIn(Reason.UNKNOWN_IDENTITY, Reason.NO_COMMON_SUITE);
  }

  /** A server that has another group than the one the client guessed asks for a second hello. */
  @ParameterizedTest
  @CsvSource({"23", "29"})
  void aSecondHelloIsNoSecondQuestion(int group) {
    TlsServerProtocol protocol = new TlsServerProtocol();
    BcTlsCrypto crypto = new BcTlsCrypto();
    PSKTlsServer server =
        new PSKTlsServer(crypto, null) {
          @Override
          protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv13.only();
          }

          @Override
          protected int[] getSupportedCipherSuites() {
            return new int[] {0x1301};
          }

          @Override
          public int[] getSupportedGroups() {
            return new int[] {group};
          }

          @Override
          @SuppressWarnings("rawtypes")
          public TlsPSKExternal getExternalPSK(Vector identities) {
            return new BasicTlsPSKExternal(
                bytes("kitchen"), crypto.createSecret(EnginePair.KEY.clone()));
          }
        };
    EngineSide client = side(Role.CLIENT, security("3"));

    Side.exchange(client, new StockSide(protocol, () -> protocol.accept(server)));

    assertThat(client.finished).isEqualTo(1);
  }

  @Test
  void aClientThatGuessedAGroupOfNobodysIsAskedAgain() {
    TlsClientProtocol protocol = new TlsClientProtocol();
    BcTlsCrypto crypto = new BcTlsCrypto();
    int[] questions = {0};
    PSKTlsClient guesser =
        new PSKTlsClient(crypto, bytes("kitchen"), EnginePair.KEY.clone()) {
          @Override
          protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv13.only();
          }

          @Override
          protected int[] getSupportedCipherSuites() {
            return new int[] {0x1301};
          }

          @Override
          @SuppressWarnings("rawtypes")
          protected Vector getSupportedGroups(Vector roles) {
            return new Vector<>(List.of(NamedGroup.secp384r1, NamedGroup.secp256r1));
          }

          @Override
          @SuppressWarnings("rawtypes")
          public Vector getEarlyKeyShareGroups() {
            return new Vector<>(List.of(NamedGroup.secp384r1));
          }

          @Override
          @SuppressWarnings("rawtypes")
          public Vector getExternalPSKs() {
            return new Vector<>(
                List.of(
                    new BasicTlsPSKExternal(
                        bytes("kitchen"), crypto.createSecret(EnginePair.KEY.clone()))));
          }
        };
    PskSource counting =
        identity -> {
          questions[0]++;
          return java.util.concurrent.CompletableFuture.completedStage(
              java.util.Optional.of(EnginePair.key("kitchen")));
        };
    EngineSide server = side(Role.SERVER, EnginePair.anyVersion(counting));

    Side.exchange(new StockSide(protocol, () -> protocol.connect(guesser)), server);

    assertThat(server.finished).isEqualTo(1);
    assertThat(questions[0]).isEqualTo(1);
  }

  /** The first that the listener knows is taken, and no more than four are asked for. */
  @Test
  void oneOfSeveralKeysOfAHelloIsTaken() {
    TlsClientProtocol protocol = new TlsClientProtocol();
    BcTlsCrypto crypto = new BcTlsCrypto();
    PSKTlsClient many =
        new PSKTlsClient(crypto, bytes("x"), new byte[16]) {
          @Override
          protected ProtocolVersion[] getSupportedVersions() {
            return ProtocolVersion.TLSv13.only();
          }

          @Override
          protected int[] getSupportedCipherSuites() {
            return new int[] {0x1301};
          }

          @Override
          @SuppressWarnings({"rawtypes", "unchecked"})
          public Vector getExternalPSKs() {
            Vector keys = new Vector();
            for (String name : List.of("attic", "cellar", "kitchen", "shed", "den", "hall")) {
              keys.add(
                  new BasicTlsPSKExternal(
                      bytes(name), crypto.createSecret(EnginePair.KEY.clone())));
            }
            return keys;
          }
        };
    List<Payload> asked = new java.util.ArrayList<>();
    PskSource kitchen =
        identity -> {
          asked.add(identity);
          return java.util.concurrent.CompletableFuture.completedStage(
              identity.equals(Payload.utf8("kitchen"))
                  ? java.util.Optional.of(EnginePair.key("kitchen"))
                  : java.util.Optional.empty());
        };
    EngineSide server = side(Role.SERVER, EnginePair.anyVersion(kitchen));

    Side.exchange(new StockSide(protocol, () -> protocol.connect(many)), server);

    assertThat(server.stream.metadata().pskIdentity()).contains(Payload.utf8("kitchen"));
    assertThat(asked).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({"2", "3"})
  void aKeyForAnyIdentityServesAllAndTellsWhoCame(String version) {
    PskSource any = PskSource.anyIdentity(EnginePair.key("listener"));
    Security.Psk accepting = security(version).withSource(any);
    for (byte[] identity : List.of(bytes("kitchen"), new byte[] {0, -1, 10}, new byte[128])) {
      PreSharedKey key = PreSharedKey.of(Payload.copyOf(identity), EnginePair.KEY);
      Security.Psk connecting = security(version).withSource(PskSource.of(key));
      EnginePair pair = new EnginePair(connecting, accepting).exchange();

      assertThat(pair.server.stream.metadata().pskIdentity()).contains(Payload.copyOf(identity));
    }
  }

  /** Trap: Bouncy Castle overwrites the key array that it is given. */
  @Test
  void aKeyWorksInTls13AgainAndAgainAndNeverBecomesZero() {
    Security.Psk security = security("3");
    PreSharedKey zero = PreSharedKey.of("kitchen", new byte[EnginePair.KEY.length]);
    for (int i = 0; i < 3; i++) {
      EnginePair good = new EnginePair(security, security).exchange();
      assertThat(good.server.finished).isEqualTo(1);
      EnginePair bad = new EnginePair(security.withSource(PskSource.of(zero)), security).exchange();
      assertFailed(bad.server, Reason.WRONG_KEY, "'kitchen'");
    }
  }

  /** The answers to an unknown identity and to a wrong key do not differ in a byte that counts. */
  @ParameterizedTest
  @CsvSource({"2", "3"})
  void anUnknownIdentityLooksLikeAWrongKey(String version) {
    PreSharedKey wrong = PreSharedKey.of("kitchen", "fedcba9876543210".getBytes());
    PreSharedKey unknown = PreSharedKey.of("cellars", EnginePair.KEY);
    List<Integer> lengths = new java.util.ArrayList<>();
    for (PreSharedKey key : List.of(wrong, unknown)) {
      EnginePair pair =
          new EnginePair(security(version).withSource(PskSource.of(key)), security(version));
      pair.exchange();
      assertThat(reason(pair.client)).isEqualTo(Reason.WRONG_KEY);
      lengths.add(pair.client.arrivedInAll);
    }
    assertThat(lengths.get(0)).isEqualTo(lengths.get(1));
  }

  private static Security.Psk security(String versions) {
    Security.Psk any = EnginePair.anyVersion(PskSource.of(EnginePair.key("kitchen")));
    return versions.equals("23")
        ? any
        : any.versions(versions.equals("2") ? TlsVersion.TLS_1_2 : TlsVersion.TLS_1_3);
  }

  private static EngineSide side(Role role, Security.Psk security) {
    return new EngineSide(new PskSecurity(security).open(role, "the peer"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static Reason reason(EngineSide side) {
    return ((HandshakeException) side.stream.explain(side.thrown)).reason();
  }

  private static void assertFailed(EngineSide side, Reason reason, String words) {
    assertThat(side.thrown).as("it failed").isNotNull();
    assertThat(side.stream.explain(side.thrown))
        .asInstanceOf(type(HandshakeException.class))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason))
        .satisfies(e -> assertThat(e).hasMessageContaining(words));
  }
}
