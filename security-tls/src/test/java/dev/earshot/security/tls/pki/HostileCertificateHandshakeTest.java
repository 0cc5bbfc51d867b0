package dev.earshot.security.tls.pki;

import static dev.earshot.security.tls.pki.PkiPair.trusting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.FramingException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.NetworkException;
import dev.earshot.Security;
import dev.earshot.security.tls.psk.ClientHello;
import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.spi.StreamSecurity.Role;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes with certificates, with peers or networks that do not play by the rules. */
class HostileCertificateHandshakeTest {
  private static final Identity ADA = PkiPair.identity("Ada");
  private static final Identity BEA = PkiPair.identity("Bea");
  private static final Security.Pki ADAS = Security.pki(ADA, trusting(BEA));
  private static final Security.Pki BEAS = Security.pki(BEA, trusting(ADA));

  @ParameterizedTest
  @EnumSource
  void aHandshakeMayArriveByteByByte(PkiSuite suite) {
    PkiPair pair = PkiPair.ofSuite(suite);
    pair.client.begin();
    pair.server.begin();
    trickle(pair);

    assertThat(pair.client.finished && pair.server.finished).isTrue();
    pair.client.send("x".repeat(1000));
    trickle(pair);
    assertThat(pair.server.received()).hasSize(1000);
  }

  @ParameterizedTest
  @EnumSource
  void aHandshakeMayComeInRecordsOfOneByte(PkiSuite suite) {
    PkiPair pair = PkiPair.ofSuite(suite);
    pair.client.begin();
    pair.server.begin();
    for (int flight = 0; flight < 2; flight++) {
      pair.server.arrive(shred(pair.client.takeOutput()));
      pair.client.arrive(shred(pair.server.takeOutput()));
    }

    assertThat(pair.client.finished && pair.server.finished).isTrue();
  }

  /** Every seventh byte of all flights; {@link #aChangeOfAnyByteIsNoticed} has all of them. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aChangeOfAByteOfTheHandshakeIsNoticed(String version) {
    changeBytes(version, 7);
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  @Tag("soak")
  void aChangeOfAnyByteIsNoticed(String version) {
    changeBytes(version, 1);
  }

  /** Whatever is changed, no connection comes of it, and both sides end and say why. */
  private static void changeBytes(String version, int step) {
    boolean tls13 = version.equals("TLSv1.3");
    Change change = new Change(-1);
    for (int at = 0; at == 0 || change.isDone; at += step) {
      PkiPair pair = new PkiPair(Versioned.of(ADAS, version), Versioned.of(BEAS, version));
      change = new Change(at);
      change.carry(pair, tls13);
      boolean open = pair.client.finished && pair.server.finished;
      if (open && pair.client.failure == null && pair.server.failure == null) {
        assertThat(change.isMeaningless || !change.isDone).as("byte %d", at).isTrue();
        assertThat(pair.server.stream.metadata().peerCertificates())
            .containsExactly(ADA.certificate());
        assertThat(pair.client.stream.metadata().peerCertificates())
            .containsExactly(BEA.certificate());
      } else {
        assertEnded(pair.client, "client, byte " + at);
        assertEnded(pair.server, "server, byte " + at);
      }
    }
    assertThat(change.carried).as("there were flights to change").isGreaterThan(1_000);
  }

  /** It has failed by itself, or does when the other side, which has failed, goes away. */
  private static void assertEnded(PkiSide side, String what) {
    boolean wasOpen = side.finished;
    side.end();
    NetworkException failure = side.failure;
    assertThat(failure).as(what).isNotNull();
    if (!wasOpen) {
      assertThat(failure)
          .as(what)
          .isInstanceOfAny(HandshakeException.class, FramingException.class);
      assertThat(side.engine.isInboundDone() && side.engine.isOutboundDone()).as(what).isTrue();
    }
    if (failure instanceof HandshakeException failed) {
      assertThat(failed.reason()).as(what + ": " + failed).isNotEqualTo(Reason.OTHER);
    }
  }

  @Test
  void aHelloThatLostItsVersionsOnTheWayIsNoticedByTheClient() {
    PkiPair pair = new PkiPair(ADAS, BEAS);
    pair.client.begin();
    pair.server.begin();
    byte[] hello = pair.client.takeOutput();
    pair.server.arrive(ClientHello.without(ClientHello.SUPPORTED_VERSIONS, hello));
    pair.goOn();

    assertThat(pair.client.finished || pair.server.finished).isFalse();
    assertThat(pair.client.handshakeFailure().reason()).isEqualTo(Reason.PROTOCOL_ERROR);
    assertThat(pair.client.failure).hasMessageContaining("illegal_parameter(47)");
    assertThat(pair.server.failure).isInstanceOf(HandshakeException.class);
  }

  @ParameterizedTest
  @CsvSource({"0300, SSL 3.0", "0301, TLS 1.0", "0302, TLS 1.1"})
  void anOldHelloHasNoVersionInCommon(String version, String name) {
    PkiSide server = side(Role.SERVER);
    server.arrive(ClientHello.plain(version, "c02bc02f00ff"));

    assertThat(server.takeOutput()).as(name).hasSize(7).startsWith(21, 3).endsWith(0, 2, 2, 70);
    assertFailed(server, Reason.PROTOCOL_VERSION);
  }

  @Test
  void aHelloOfSslTwoHasNoVersionInCommon() {
    PkiSide server = side(Role.SERVER);
    server.arrive(HexFormat.of().parseHex("802e0100020015000000100100"));

    assertFailed(server, Reason.PROTOCOL_VERSION);
    assertThat(server.failure).hasMessageContaining("SSL 2.0");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0300", "0301", "0302"})
  void aServerOfAnOlderVersionIsRefused(String version) {
    PkiSide client = side(Role.CLIENT);
    client.takeOutput();
    String hello = version + "00".repeat(32) + "00" + "c02b" + "00";
    client.arrive(HexFormat.of().parseHex("16" + version + "002a" + "02000026" + hello));

    assertFailed(client, Reason.PROTOCOL_VERSION);
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
      PkiSide side = side(role);
      side.takeOutput();
      side.arrive(sent.getBytes(StandardCharsets.ISO_8859_1));

      assertThat(side.takeOutput()).containsExactly(21, 3, 3, 0, 2, 2, 10);
      assertFailed(side, Reason.PLAINTEXT_PEER);
      assertThat(side.failure).hasMessageContaining(words);
    }
  }

  @Test
  void anEndlessHandshakeIsCutOff() {
    PkiPair pair = new PkiPair(ADAS, BEAS);
    pair.client.begin();
    pair.server.begin();
    pair.server.arrive(pair.client.takeOutput());
    byte[] warning = {21, 3, 3, 0, 2, 1, 90};
    int sent = 0;
    while (pair.server.failure == null) {
      pair.server.arrive(warning);
      sent += warning.length;
      assertThat(sent).isLessThan(100_000);
    }

    assertFailed(pair.server, Reason.PROTOCOL_ERROR);
  }

  @Test
  void messagesAndRecordsThatAreTooLongAreRefusedByTheirHeaders() {
    for (Role role : Role.values()) {
      PkiSide message = side(role);
      message.takeOutput();
      byte type = (byte) (role == Role.SERVER ? 1 : 2);
      message.arrive(new byte[] {22, 3, 3, 0, 4, type, 0, 0x40, 1}); // 16,385 bytes to come
      assertFailed(message, Reason.PROTOCOL_ERROR);

      PkiSide record = side(role);
      record.takeOutput();
      record.arrive(new byte[] {22, 3, 1, 0x7F, 0});
      assertThat(record.takeOutput()).containsExactly(21, 3, 3, 0, 2, 2, 22); // record_overflow
      assertFailed(record, Reason.PROTOCOL_ERROR);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void recordsOutOfTurnAreRefused(String version) {
    byte[][] intruders = {{23, 3, 3, 0, 1, 'x'}, {22, 3, 3, 0, 0}, {22, 3, 3, 0, 4, 20, 0, 0, 0}};
    for (byte[] intruder : intruders) {
      for (Role role : Role.values()) {
        PkiPair pair = new PkiPair(Versioned.of(ADAS, version), Versioned.of(BEAS, version));
        pair.client.begin();
        pair.server.begin();
        pair.server.arrive(pair.client.takeOutput());
        PkiSide victim = role == Role.CLIENT ? pair.client : pair.server;
        victim.arrive(intruder);

        assertThat(victim.failure)
            .as("%s %s", version, HexFormat.of().formatHex(intruder))
            .isInstanceOfAny(HandshakeException.class, FramingException.class);
        assertThat(victim.finished).isFalse();
      }
    }
  }

  /** A flight that comes a second time, as it was. */
  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aRepeatedFlightIsRefused(String version) {
    for (Role role : Role.values()) {
      PkiPair pair = new PkiPair(Versioned.of(ADAS, version), Versioned.of(BEAS, version));
      pair.client.begin();
      pair.server.begin();
      byte[] hello = pair.client.takeOutput();
      pair.server.arrive(hello);
      PkiSide victim = role == Role.CLIENT ? pair.client : pair.server;
      byte[] repeated = role == Role.CLIENT ? pair.server.takeOutput() : hello;
      if (role == Role.CLIENT) {
        victim.arrive(repeated);
      }
      victim.arrive(repeated);

      assertThat(victim.failure)
          .as("%s %s", version, role)
          .isInstanceOfAny(HandshakeException.class, FramingException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
  void aStreamThatEndsDuringTheHandshakeIsClosed(String version) {
    for (Role role : Role.values()) {
      PkiPair pair = new PkiPair(Versioned.of(ADAS, version), Versioned.of(BEAS, version));
      pair.client.begin();
      pair.server.begin();
      pair.server.arrive(pair.client.takeOutput());
      PkiSide side = role == Role.CLIENT ? pair.client : pair.server;
      side.takeOutput();
      side.end();

      assertFailed(side, Reason.CLOSED);
    }
  }

  private static PkiSide side(Role role) {
    PkiPair pair = new PkiPair(ADAS, BEAS);
    PkiSide side = role == Role.CLIENT ? pair.client : pair.server;
    side.begin();
    return side;
  }

  private static void assertFailed(PkiSide side, Reason reason) {
    assertThat(side.handshakeFailure().reason()).isEqualTo(reason);
    assertThat(side.finished).isFalse();
    assertThat(side.engine.isInboundDone() && side.engine.isOutboundDone()).isTrue();
  }

  private static void trickle(PkiPair pair) {
    boolean moved = true;
    while (moved) {
      moved = drip(pair.client, pair.server) | drip(pair.server, pair.client);
    }
  }

  private static boolean drip(PkiSide from, PkiSide to) {
    byte[] bytes = from.takeOutput();
    for (byte one : bytes) {
      to.arrive(new byte[] {one});
    }
    return bytes.length > 0;
  }

  /** The same handshake bytes in records with one byte each; sealed records stay whole. */
  private static byte[] shred(byte[] records) {
    ByteArrayOutputStream shreds = new ByteArrayOutputStream();
    boolean sealed = false;
    for (int at = 0; at < records.length; ) {
      int length = length(records, at);
      if (records[at] == RecordFormat.HANDSHAKE && !sealed) {
        for (int i = 0; i < length; i++) {
          shreds.writeBytes(new byte[] {22, 3, 3, 0, 1, records[at + 5 + i]});
        }
      } else {
        sealed |= records[at] == RecordFormat.CHANGE_CIPHER_SPEC;
        shreds.writeBytes(Arrays.copyOfRange(records, at, at + 5 + length));
      }
      at += 5 + length;
    }
    return shreds.toByteArray();
  }

  private static int length(byte[] records, int at) {
    return (records[at + 3] & 0xFF) << 8 | records[at + 4] & 0xFF;
  }

  /** A network that changes one bit of one byte of all that it carries. */
  private static final class Change {
    private final int at;
    private int carried;
    private boolean isDone;

    /**
     * Whether it was the minor version in a record's header, or within the change of cipher that
     * TLS 1.3 only has for the sake of middleboxes (RFC 8446, D.4).
     */
    private boolean isMeaningless;

    Change(int at) {
      this.at = at;
    }

    void carry(PkiPair pair, boolean tls13) {
      pair.client.begin();
      pair.server.begin();
      boolean silent = false;
      while (!silent) {
        silent = true;
        for (PkiSide from : List.of(pair.client, pair.server)) {
          byte[] bytes = from.takeOutput();
          if (bytes.length > 0) {
            silent = false;
            change(bytes, tls13);
            (from == pair.client ? pair.server : pair.client).arrive(bytes);
          }
        }
      }
    }

    private void change(byte[] bytes, boolean tls13) {
      int here = at - carried;
      carried += bytes.length;
      if (isDone || here < 0 || here >= bytes.length) {
        return;
      }
      isDone = true;
      for (int record = 0; record <= here; record += 5 + length(bytes, record)) {
        boolean forShow = tls13 && bytes[record] == RecordFormat.CHANGE_CIPHER_SPEC;
        isMeaningless = here == record + 2 || forShow && here < record + 6;
      }
      bytes[here] ^= 1;
    }
  }
}
