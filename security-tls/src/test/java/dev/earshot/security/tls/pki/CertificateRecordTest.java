package dev.earshot.security.tls.pki;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.FramingException;
import dev.earshot.security.tls.record.RecordFormat;
import dev.earshot.spi.StreamSecurity.Role;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records after a handshake with certificates that somebody on the way has touched. */
class CertificateRecordTest {
  private static final int HEADER = 5;
  private static final String TEXT = "twenty bytes of text";

  @ParameterizedTest
  @EnumSource
  void aChangeOfAnyByteEndsTheConnectionAndNothingOfItIsSeen(PkiSuite suite) {
    Role victim = suite.ordinal() % 2 == 0 ? Role.SERVER : Role.CLIENT;
    int length = HEADER + TEXT.length();
    for (int at = 0; at < length; at++) {
      Victim it = new Victim(suite, victim);
      byte[] record = it.record();
      length = record.length;
      record[at] ^= 1;
      it.side.arrive(record);
      if (at == 3 || at == 4) {
        it.side.arrive(new byte[600]); // the header now promises more than there was
      }

      it.assertCorrupted("byte " + at);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRepeatedRecordIsRefused(PkiSuite suite) {
    for (Role role : Role.values()) {
      Victim it = new Victim(suite, role);
      byte[] record = it.record();
      it.side.arrive(record);
      assertThat(it.side.received()).isEqualTo(TEXT);
      it.side.arrive(record);

      assertThat(it.side.received()).as("the second time").isEqualTo(TEXT);
      it.assertFailed("replay");
    }
  }

  @ParameterizedTest
  @EnumSource
  void lostRecordsAndThoseOutOfOrderAreRefused(PkiSuite suite) {
    for (Role role : Role.values()) {
      Victim it = new Victim(suite, role);
      byte[] first = it.record();
      it.side.arrive(it.record());
      it.side.arrive(first);

      it.assertCorrupted("the second comes first");
    }
  }

  @ParameterizedTest
  @EnumSource
  void recordsOfTheOtherDirectionAndOfOtherConnectionsAreRefused(PkiSuite suite) {
    Victim own = new Victim(suite, Role.CLIENT);
    own.side.send(TEXT);
    own.side.arrive(own.side.takeOutput());
    own.assertCorrupted("sent back");

    Victim other = new Victim(suite, Role.SERVER);
    other.side.arrive(new Victim(suite, Role.SERVER).record());
    other.assertCorrupted("another connection's");
  }

  @ParameterizedTest
  @EnumSource
  void aShortenedRecordIsRefusedOrWaitedFor(PkiSuite suite) {
    for (Role role : Role.values()) {
      Victim waiting = new Victim(suite, role);
      byte[] record = waiting.record();
      waiting.side.arrive(Arrays.copyOf(record, record.length - 1));
      assertThat(waiting.side.failure).isNull();
      waiting.side.end();
      assertThat(waiting.side.failure).isInstanceOf(ConnectionLostException.class);
      assertThat(waiting.side.received()).isEmpty();

      Victim refusing = new Victim(suite, role);
      byte[] shorter = Arrays.copyOf(refusing.record(), record.length - 1);
      shorter[4]--;
      refusing.side.arrive(shorter);
      refusing.assertCorrupted("shorter");
    }
  }

  @ParameterizedTest
  @EnumSource
  void recordsTooShortForTheirTagAreRefused(PkiSuite suite) {
    for (int length = 0; length < 17; length++) {
      Victim it = new Victim(suite, Role.SERVER);
      byte[] record = new byte[HEADER + length];
      RecordFormat.putHeader(record, 0, RecordFormat.APPLICATION_DATA, length);
      it.side.arrive(record);

      it.assertCorrupted("length " + length);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theLongestRecordIsTakenAndALongerOneRefusedByItsHeader(PkiSuite suite) {
    for (Role role : Role.values()) {
      Victim it = new Victim(suite, role);
      it.peer.send("x".repeat(RecordFormat.MAXIMUM_CONTENT));
      byte[] longest = it.peer.takeOutput();
      it.side.arrive(longest);
      assertThat(it.side.received()).hasSize(RecordFormat.MAXIMUM_CONTENT);
      byte[] header = Arrays.copyOf(longest, HEADER);
      header[4]++;
      it.side.arrive(header);

      it.assertFailed("longer");
      assertThat(it.side.failure).hasMessageContaining("longer than allowed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void plaintextAfterTheHandshakeIsRefused(PkiSuite suite) {
    byte[][] intruders = {
      {23, 3, 3, 0, 4, 'd', 'a', 't', 'a'},
      {21, 3, 3, 0, 2, 1, 0}, // a farewell that nobody has sealed
      {21, 3, 3, 0, 2, 2, 40},
      {22, 3, 3, 0, 4, 0, 0, 0, 0},
      {20, 3, 3, 0, 1, 1},
      "GET / HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII)
    };
    for (byte[] intruder : intruders) {
      for (Role role : Role.values()) {
        Victim it = new Victim(suite, role);
        it.side.arrive(intruder);

        it.assertCorrupted("plaintext");
      }
    }
  }

  @Test
  void thePeerIsToldOfABadRecordUnderProtection() {
    for (PkiSuite suite : PkiSuite.values()) {
      Victim it = new Victim(suite, Role.SERVER);
      byte[] record = it.record();
      record[record.length - 1] ^= 4;
      it.side.arrive(record);
      it.peer.arrive(it.side.takeOutput());

      assertThat(it.peer.failure)
          .isInstanceOf(ConnectionLostException.class)
          .hasMessageContaining("bad_record_mac(20)");
      assertThat(it.peer.takeOutput()).isEmpty();
    }
  }

  /** One side of an open connection, and the peer whose records are touched. */
  private static final class Victim {
    private final PkiSide side;
    private final PkiSide peer;

    Victim(PkiSuite suite, Role role) {
      PkiPair pair = PkiPair.ofSuite(suite).exchange();
      assertThat(pair.client.finished && pair.server.finished).isTrue();
      assertThat(pair.client.stream.metadata().cipherSuite()).isEqualTo(suite.name());
      side = role == Role.CLIENT ? pair.client : pair.server;
      peer = role == Role.CLIENT ? pair.server : pair.client;
    }

    /** The peer's next record. */
    byte[] record() {
      peer.send(TEXT);
      return peer.takeOutput();
    }

    void assertCorrupted(String what) {
      assertThat(side.received()).as(what).isEmpty();
      assertFailed(what);
    }

    void assertFailed(String what) {
      assertThat(side.failure).as(what).isInstanceOf(FramingException.class);
      assertThat(side.engine.isInboundDone()).as(what).isTrue();
      assertThat(side.engine.isOutboundDone()).as(what).isTrue();
    }
  }
}
