package dev.earshot.security.tls.pki;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.FramingException;
import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.spi.StreamSecurity.Role;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a peer with a certificate, who is trusted and has the keys, may say after the handshake. */
class CertificateControlTest {
  private static final byte[] HELLO_REQUEST = {0, 0, 0, 0};

  @Test
  void aServersWishToShakeHandsAgainIsRefusedAndTheConnectionGoesOn() {
    Inside it = new Inside(PkiSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, Role.CLIENT);
    it.arrives(RecordFormat.HANDSHAKE, HELLO_REQUEST);

    assertThat(it.answer()).containsExactly(1, 100); // warning, no_renegotiation
    assertThat(it.victim.failure).isNull();
    it.arrives(RecordFormat.APPLICATION_DATA, new byte[] {'o', 'n'});
    assertThat(it.victim.received()).isEqualTo("on");
  }

  @ParameterizedTest
  @ValueSource(ints = {304, 1, 3, 100})
  void aClientsSecondHelloIsReadOverAndRefusedHoweverItIsCut(int size) {
    byte[] hello = new byte[4 + 300];
    hello[0] = 1;
    hello[2] = 1;
    hello[3] = 300 - 256;
    Inside it = new Inside(PkiSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, Role.SERVER);
    for (int at = 0; at < hello.length; at += size) {
      byte[] part = Arrays.copyOfRange(hello, at, Math.min(hello.length, at + size));
      it.arrives(RecordFormat.HANDSHAKE, part);
      it.arrives(RecordFormat.APPLICATION_DATA, new byte[] {'x'});
    }

    assertThat(it.victim.failure).isNull();
    assertThat(it.answer()).containsExactly(1, 100);
    assertThat(it.victim.received()).isEqualTo("x".repeat((304 + size - 1) / size));
  }

  @Test
  void askingAgainAndAgainForAHandshakeIsAnError() {
    Inside it = new Inside(PkiSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, Role.CLIENT);
    for (int i = 0; i < 8; i++) {
      it.arrives(RecordFormat.HANDSHAKE, HELLO_REQUEST);
      it.arrives(RecordFormat.APPLICATION_DATA, new byte[1]);
    }
    assertThat(it.victim.failure).isNull();
    it.arrives(RecordFormat.HANDSHAKE, HELLO_REQUEST);

    it.assertFailed("8 wishes for another handshake");
  }

  /** RFC 8446, section 4.1.2: there is no renegotiation any more; nor are later certificates. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 8, 11, 13, 15, 20})
  void inTls13NoOtherMessageOfAHandshakeFollowsIt(int type) {
    for (Role role : Role.values()) {
      Inside it = new Inside(PkiSuite.TLS_AES_128_GCM_SHA256, role);
      it.arrives(RecordFormat.HANDSHAKE, new byte[] {(byte) type, 0, 0, 0});

      it.assertFailed("after the handshake");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 11, 13, 15, 16, 20, 24})
  void inTls12NoOtherMessageOfAHandshakeFollowsIt(int type) {
    for (Role role : Role.values()) {
      Inside it = new Inside(PkiSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, role);
      it.arrives(RecordFormat.HANDSHAKE, new byte[] {(byte) type, 0, 0, 0});

      it.assertFailed("after the handshake");
    }
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "TLS_(AES|CHACHA).*")
  void changesOfKeysAreFollowedAndAnsweredBeforeTheNextData(PkiSuite suite) {
    for (Role role : Role.values()) {
      Inside it = new Inside(suite, role);
      for (int i = 0; i < 3; i++) {
        it.arrives(RecordFormat.HANDSHAKE, new byte[] {24, 0, 0, 1, 1});
        it.insider.changeKeys();
        it.arrives(RecordFormat.APPLICATION_DATA, new byte[] {'k'});
      }
      assertThat(it.victim.failure).isNull();
      assertThat(it.victim.received()).isEqualTo("kkk");
      assertThat(it.answer()).as("no data, no answer").isEmpty();

      it.victim.send("a");
      assertThat(it.answer()).containsExactly(24, 0, 0, 1, 0, 'a');
      it.victim.send("b");
      assertThat(it.answer()).containsExactly('b');
    }
  }

  @Test
  void aRecordUnderTheOldKeysIsRefusedAfterTheChange() {
    Inside it = new Inside(PkiSuite.TLS_AES_256_GCM_SHA384, Role.SERVER);
    it.arrives(RecordFormat.HANDSHAKE, new byte[] {24, 0, 0, 1, 0});
    it.arrives(RecordFormat.APPLICATION_DATA, new byte[5]);

    it.assertFailed("not what the peer sent");
  }

  @Test
  void ticketsAreReadOver() {
    Inside it = new Inside(PkiSuite.TLS_AES_128_GCM_SHA256, Role.CLIENT);
    it.arrives(RecordFormat.HANDSHAKE, new byte[] {4, 0, 0, 2, 1, 2});
    it.arrives(RecordFormat.APPLICATION_DATA, new byte[] {'x'});

    assertThat(it.victim.failure).isNull();
    assertThat(it.victim.received()).isEqualTo("x");
    assertThat(it.answer()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aFatalAlertIsALostConnectionAndAFarewellEndsOneDirection(PkiSuite suite) {
    Inside alerted = new Inside(suite, Role.SERVER);
    alerted.arrives(RecordFormat.APPLICATION_DATA, new byte[] {'x'});
    alerted.arrives(RecordFormat.ALERT, new byte[] {2, 80});
    assertThat(alerted.victim.failure)
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("internal_error(80)");

    Inside ended = new Inside(suite, Role.SERVER);
    ended.arrives(RecordFormat.ALERT, new byte[] {1, 0});
    assertThat(ended.victim.failure).isNull();
    assertThat(ended.victim.engine.isInboundDone()).isTrue();
    ended.victim.send("still");
    assertThat(ended.answer()).asString().isEqualTo("still");
  }

  /** An open connection with an insider. */
  private static final class Inside {
    private final PkiSide victim;
    private final PkiInsider insider;

    Inside(PkiSuite suite, Role role) {
      Role other = role == Role.CLIENT ? Role.SERVER : Role.CLIENT;
      victim = new PkiSide(new PkiStream(PkiPair.handshake(role, suite), "the peer"));
      insider = new PkiInsider(PkiPair.handshake(other, suite));
      victim.begin();
      insider.side.begin();
      while (PkiPair.carry(victim, insider.side) | PkiPair.carry(insider.side, victim)) {
        // until both are silent
      }
      assertThat(victim.finished && insider.side.finished).isTrue();
    }

    /** A record reaches the victim. */
    void arrives(int type, byte[] content) {
      victim.arrive(insider.seal(type, content));
    }

    /** The contents of all that the victim sends. */
    byte[] answer() {
      return insider.open(victim.takeOutput());
    }

    void assertFailed(String words) {
      assertThat(victim.failure).isInstanceOf(FramingException.class).hasMessageContaining(words);
      assertThat(victim.takeOutput()).isNotEmpty();
      assertThat(victim.engine.isInboundDone()).isTrue();
      assertThat(victim.engine.isOutboundDone()).isTrue();
    }
  }
}
