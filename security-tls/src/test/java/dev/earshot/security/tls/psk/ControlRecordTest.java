package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.FramingException;
import dev.earshot.security.tls.record.RecordAlgorithm;
import dev.earshot.security.tls.record.RecordFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Alerts and handshake messages after the handshake, from a peer that has the keys. */
class ControlRecordTest {
  private static final byte[] HELLO_REQUEST = {0, 0, 0, 0};
  private static final byte[] EMPTY = {};

  private final InsidePair pair = new InsidePair();

  @Test
  void aServersWishToShakeHandsAgainIsRefusedAndTheConnectionGoesOn() {
    pair.toClient(RecordFormat.HANDSHAKE, HELLO_REQUEST);

    assertThat(pair.fromClient()).containsExactly(1, 100); // warning, no_renegotiation
    assertThat(pair.client.thrown).isNull();
    pair.toClient(RecordFormat.APPLICATION_DATA, new byte[3]);
    assertThat(pair.client.received.size()).isEqualTo(3);
  }

  @Test
  void aClientsSecondHelloIsReadOverAndRefusedHoweverItIsCut() {
    byte[] hello = new byte[4 + 300];
    hello[0] = 1;
    hello[2] = 1;
    hello[3] = 300 - 256;
    for (int size : new int[] {304, 1, 3, 5, 100}) {
      InsidePair fresh = new InsidePair();
      for (int at = 0; at < hello.length; at += size) {
        byte[] part = java.util.Arrays.copyOfRange(hello, at, Math.min(hello.length, at + size));
        fresh.toServer(RecordFormat.HANDSHAKE, part);
        fresh.toServer(RecordFormat.APPLICATION_DATA, new byte[1]);
      }

      assertThat(fresh.server.thrown).isNull();
      assertThat(fresh.fromServer()).containsExactly(1, 100);
      assertThat(fresh.server.received.size()).isEqualTo((304 + size - 1) / size);
    }
  }

  @Test
  void otherHandshakeMessagesAreErrors() {
    for (int type : new int[] {0, 2, 4, 11, 16, 20, 24, 255}) {
      InsidePair fresh = new InsidePair();
      fresh.toServer(RecordFormat.HANDSHAKE, new byte[] {(byte) type, 0, 0, 0});
      assertFailed(fresh.server, "after the handshake");
    }
    pair.toClient(RecordFormat.HANDSHAKE, new byte[] {1, 0, 0, 0});
    assertFailed(pair.client, "after the handshake");
  }

  @Test
  void anEndlessHelloIsAnError() {
    pair.toServer(RecordFormat.HANDSHAKE, new byte[] {1, 1, 0, 0});

    assertFailed(pair.server, "65536 bytes");
  }

  @Test
  void anEmptyHandshakeRecordIsAnError() {
    pair.toServer(RecordFormat.HANDSHAKE, EMPTY);

    assertFailed(pair.server, "empty");
  }

  @Test
  void aChangeOfCipherIsAnError() {
    pair.toServer(RecordFormat.CHANGE_CIPHER_SPEC, new byte[] {1});

    assertFailed(pair.server, "change of cipher");
  }

  @Test
  void alertsOfAnyOtherLengthAreErrors() {
    for (byte[] alert : new byte[][] {EMPTY, {1}, {1, 0, 1}, {1, 0, 1, 0}}) {
      InsidePair fresh = new InsidePair();
      fresh.toServer(RecordFormat.ALERT, alert);
      assertFailed(fresh.server, "an alert of " + alert.length + " bytes");
    }
  }

  @Test
  void warningsAreReadOver() {
    pair.toServer(RecordFormat.ALERT, new byte[] {1, 90});
    pair.toServer(RecordFormat.ALERT, new byte[] {1, 100});
    pair.toServer(RecordFormat.APPLICATION_DATA, new byte[3]);

    assertThat(pair.server.thrown).isNull();
    assertThat(pair.server.received.size()).isEqualTo(3);
  }

  @Test
  void aFatalAlertIsALostConnection() {
    pair.toServer(RecordFormat.ALERT, new byte[] {2, 80});

    assertThat(pair.server.stream.explain(pair.server.thrown))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("internal_error(80)");
    assertThat(pair.server.takeOutput()).isEmpty();
  }

  @Test
  void aFarewellIsOneWhateverItsLevel() {
    pair.toServer(RecordFormat.ALERT, new byte[] {2, 0});

    assertThat(pair.server.thrown).isNull();
    assertThat(pair.server.engine.isInboundDone()).isTrue();
  }

  @Test
  void emptyRecordsAreAllowedButNotForEver() {
    for (int i = 0; i < 32; i++) {
      pair.toServer(RecordFormat.APPLICATION_DATA, EMPTY);
    }
    assertThat(pair.server.thrown).isNull();
    pair.toServer(RecordFormat.APPLICATION_DATA, new byte[1]);
    for (int i = 0; i < 33; i++) {
      pair.toServer(RecordFormat.APPLICATION_DATA, EMPTY);
    }

    assertFailed(pair.server, "32 records in a row");
  }

  @Test
  void askingAgainAndAgainForAHandshakeIsAnError() {
    for (int i = 0; i < 8; i++) {
      pair.toClient(RecordFormat.HANDSHAKE, HELLO_REQUEST);
      pair.toClient(RecordFormat.APPLICATION_DATA, new byte[1]);
    }
    assertThat(pair.client.thrown).isNull();
    pair.toClient(RecordFormat.HANDSHAKE, HELLO_REQUEST);

    assertFailed(pair.client, "8 wishes for another handshake");
  }

  @Test
  void afterItsOwnFarewellASideRefusesNothingAloud() {
    pair.client.engine.closeOutbound();
    pair.client.takeOutput();
    pair.toClient(RecordFormat.HANDSHAKE, HELLO_REQUEST);

    assertThat(pair.client.takeOutput()).isEmpty();
    assertThat(pair.client.thrown).isNull();
  }

  @Test
  void aKeyThatHasProtectedEnoughIsGivenUp() {
    pair.client.send(new byte[10]);
    pair.client.takeOutput();
    pair.useUpClientsKey();
    pair.client.send(new byte[10]);
    byte[] last = pair.client.takeOutput();

    assertThat(pair.client.stream.explain(pair.client.thrown))
        .isInstanceOf(ConnectionLostException.class)
        .hasMessageContaining("connect again");
    assertThat(last).hasSize(5 + RecordAlgorithm.AES_128_GCM.overhead() + 2).startsWith(21);
  }

  @ParameterizedTest
  @EnumSource(names = {"TLS_AES_128_GCM_SHA256", "TLS_CHACHA20_POLY1305_SHA256"})
  void changesOfKeysAreFollowedAndAnsweredBeforeTheNextData(PskSuite suite) {
    InsidePair inside = new InsidePair(suite);
    for (int i = 0; i < 3; i++) {
      inside.toServer(RecordFormat.HANDSHAKE, new byte[] {24, 0, 0, 1, 1});
      inside.changeKeysTowardsServer();
      inside.toServer(RecordFormat.APPLICATION_DATA, new byte[5]);
    }
    assertThat(inside.server.thrown).isNull();
    assertThat(inside.server.received.size()).isEqualTo(15);
    assertThat(inside.server.takeOutput()).as("no data, no answer").isEmpty();

    inside.server.send(new byte[] {7});
    assertThat(inside.fromServer()).containsExactly(24, 0, 0, 1, 0, 7);
    inside.server.send(new byte[] {8});
    assertThat(inside.fromServer()).containsExactly(8);
  }

  @Test
  void aRecordUnderTheOldKeysIsRefusedAfterTheChange() {
    InsidePair inside = new InsidePair(PskSuite.TLS_AES_128_GCM_SHA256);
    inside.toServer(RecordFormat.HANDSHAKE, new byte[] {24, 0, 0, 1, 0});
    inside.toServer(RecordFormat.APPLICATION_DATA, new byte[5]);

    assertFailed(inside.server, "not what the peer sent");
  }

  @Test
  void ticketsAreReadOver() {
    InsidePair inside = new InsidePair(PskSuite.TLS_AES_128_GCM_SHA256);
    inside.toClient(RecordFormat.HANDSHAKE, new byte[] {4, 0, 0, 2, 1, 2});
    inside.toClient(RecordFormat.APPLICATION_DATA, new byte[5]);

    assertThat(inside.client.thrown).isNull();
    assertThat(inside.client.received.size()).isEqualTo(5);
    assertThat(inside.client.takeOutput()).isEmpty();
  }

  /** RFC 8446, section 4.1.2: there is no renegotiation any more. */
  @Test
  void anotherHelloInTls13IsAnError() {
    InsidePair inside = new InsidePair(PskSuite.TLS_AES_128_GCM_SHA256);
    inside.toServer(RecordFormat.HANDSHAKE, new byte[] {1, 0, 0, 0});
    assertFailed(inside.server, "after the handshake");
  }

  @Test
  void aFarewellInTls13EndsOneDirection() {
    InsidePair inside = new InsidePair(PskSuite.TLS_AES_128_GCM_SHA256);
    inside.toServer(RecordFormat.ALERT, new byte[] {1, 0});
    assertThat(inside.server.thrown).isNull();
    assertThat(inside.server.engine.isInboundDone()).isTrue();
    inside.server.send(new byte[] {7});
    assertThat(inside.fromServer()).containsExactly(7);
    inside.server.engine.closeOutbound();
    assertThat(inside.fromServer()).containsExactly(1, 0);
  }

  private static void assertFailed(EngineSide side, String words) {
    assertThat(side.thrown).hasMessageContaining(words);
    assertThat(side.stream.explain(side.thrown)).isInstanceOf(FramingException.class);
    assertThat(side.takeOutput()).isNotEmpty();
    assertThat(side.engine.isOutboundDone()).isTrue();
  }
}
