package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.ConnectionLostException;
import dev.earshot.FramingException;
import dev.earshot.security.tls.record.RecordFormat;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Records after the handshake that somebody on the way has touched. */
class RecordIntegrityTest {
  private static final int HEADER = 5;

  @ParameterizedTest
  @EnumSource
  void aChangeOfAnyByteEndsTheConnectionAndNothingOfItIsSeen(PskSuite suite) {
    int length = records(EnginePair.ofSuite(suite).exchange(), 1).get(0).length;
    for (int at = 0; at < length; at++) {
      EnginePair pair = EnginePair.ofSuite(suite).exchange();
      byte[] record = records(pair, 1).get(0);
      record[at] ^= 1;
      pair.server.arrive(record);
      if (at == 3 || at == 4) {
        pair.server.arrive(new byte[600]); // the header now promises more than there was
      }

      assertCorrupted(pair, "byte " + at);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRepeatedRecordIsRefused(PskSuite suite) {
    EnginePair pair = EnginePair.ofSuite(suite).exchange();
    byte[] record = records(pair, 1).get(0);
    pair.server.arrive(record);
    assertThat(pair.server.received.size()).isEqualTo(20);
    pair.server.received.reset();
    pair.server.arrive(record);

    assertCorrupted(pair, "replay");
  }

  @ParameterizedTest
  @EnumSource
  void aMissingRecordIsNoticedAtTheNext(PskSuite suite) {
    EnginePair pair = EnginePair.ofSuite(suite).exchange();
    pair.server.arrive(records(pair, 2).get(1));

    assertCorrupted(pair, "drop");
  }

  @ParameterizedTest
  @EnumSource
  void recordsOutOfOrderAreRefused(PskSuite suite) {
    EnginePair pair = EnginePair.ofSuite(suite).exchange();
    List<byte[]> records = records(pair, 2);
    Collections.swap(records, 0, 1);
    records.forEach(pair.server::arrive);

    assertCorrupted(pair, "order");
  }

  @ParameterizedTest
  @EnumSource
  void aRecordSentBackToItsSenderIsRefused(PskSuite suite) {
    EnginePair pair = EnginePair.ofSuite(suite).exchange();
    pair.client.arrive(records(pair, 1).get(0));

    assertThat(pair.client.received.size()).isZero();
    assertThat(pair.client.stream.explain(pair.client.thrown)).isInstanceOf(FramingException.class);
  }

  @ParameterizedTest
  @EnumSource
  void aRecordOfAnotherConnectionWithTheSameKeyIsRefused(PskSuite suite) {
    EnginePair pair = EnginePair.ofSuite(suite).exchange();
    pair.server.arrive(records(EnginePair.ofSuite(suite).exchange(), 1).get(0));

    assertCorrupted(pair, "other connection");
  }

  @ParameterizedTest
  @EnumSource
  void aShortenedRecordIsRefusedOrWaitedFor(PskSuite suite) {
    EnginePair pair = EnginePair.ofSuite(suite).exchange();
    byte[] record = records(pair, 1).get(0);
    byte[] shorter = java.util.Arrays.copyOf(record, record.length - 1);
    pair.server.arrive(shorter);
    assertThat(pair.server.thrown).isNull();
    pair.server.end();
    assertThat(pair.server.stream.explain(pair.server.thrown))
        .isInstanceOf(ConnectionLostException.class);

    EnginePair other = EnginePair.ofSuite(suite).exchange();
    shorter = java.util.Arrays.copyOf(records(other, 1).get(0), record.length - 1);
    shorter[4]--;
    other.server.arrive(shorter);
    assertCorrupted(other, "shorter");
  }

  @ParameterizedTest
  @EnumSource
  void recordsTooShortForTheirTagAreRefused(PskSuite suite) {
    for (int length = 0; length < 17; length++) {
      EnginePair pair = EnginePair.ofSuite(suite).exchange();
      byte[] record = new byte[HEADER + length];
      record[0] = 23;
      record[1] = 3;
      record[2] = 3;
      record[4] = (byte) length;
      pair.server.arrive(record);

      assertCorrupted(pair, "length " + length);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRecordOneByteLongerThanAllowedIsRefusedByItsHeader(PskSuite suite) {
    EnginePair pair = EnginePair.ofSuite(suite).exchange();
    pair.client.send(new byte[RecordFormat.MAXIMUM_CONTENT]);
    byte[] longest = pair.client.takeOutput();
    pair.server.arrive(longest);
    assertThat(pair.server.received.size()).isEqualTo(RecordFormat.MAXIMUM_CONTENT);
    byte[] header = java.util.Arrays.copyOf(longest, HEADER);
    header[4]++;
    pair.server.received.reset();
    pair.server.arrive(header);

    assertThat(pair.server.thrown).hasMessageContaining("longer than allowed");
    assertCorrupted(pair, "longer");
  }

  @Test
  void aRecordLongerThanAllowedIsRefusedByItsHeader() {
    EnginePair pair = EnginePair.plain().exchange();
    pair.server.arrive(new byte[] {23, 3, 3, 0x40, 0x19});

    assertThat(pair.server.thrown).hasMessageContaining("longer than allowed");
    assertThat(pair.server.stream.explain(pair.server.thrown)).isInstanceOf(FramingException.class);
    assertAlert(pair, "record_overflow(22)");
  }

  @ParameterizedTest
  @EnumSource
  void plaintextAfterTheHandshakeIsRefused(PskSuite suite) {
    for (byte[] intruder :
        new byte[][] {
          {23, 3, 3, 0, 4, 'd', 'a', 't', 'a'},
          {21, 3, 3, 0, 2, 1, 0}, // a farewell that nobody has sealed
          {21, 3, 3, 0, 2, 2, 40},
          {22, 3, 3, 0, 4, 0, 0, 0, 0},
          {20, 3, 3, 0, 1, 1},
          "GET / HTTP/1.1\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII)
        }) {
      EnginePair pair = EnginePair.ofSuite(suite).exchange();
      pair.server.arrive(intruder);

      assertCorrupted(pair, "plaintext");
      assertThat(pair.server.thrown).isNotNull();
    }
  }

  @Test
  void thePeerIsToldOfABadRecordUnderProtection() {
    EnginePair pair = EnginePair.plain().exchange();
    byte[] record = records(pair, 1).get(0);
    record[20] ^= 4;
    pair.server.arrive(record);

    assertAlert(pair, "bad_record_mac(20)");
  }

  /** The client is told by a sealed alert, and reports a connection that is lost. */
  private static void assertAlert(EnginePair pair, String name) {
    byte[] alert = pair.server.takeOutput();
    assertThat(alert).hasSize(HEADER + 8 + 2 + 16).startsWith(21);
    pair.client.arrive(alert);
    assertThat(pair.client.thrown).hasMessageContaining(name);
    assertThat(pair.client.stream.explain(pair.client.thrown))
        .isInstanceOf(ConnectionLostException.class);
    assertThat(pair.client.takeOutput()).isEmpty();
  }

  private static void assertCorrupted(EnginePair pair, String what) {
    EngineSide server = pair.server;
    assertThat(server.received.size()).as(what).isZero();
    assertThat(server.thrown).as(what).isNotNull();
    assertThat(server.stream.explain(server.thrown)).as(what).isInstanceOf(FramingException.class);
    assertThat(server.takeOutput()).as(what).isNotEmpty();
    assertThat(server.engine.isInboundDone()).isTrue();
    assertThat(server.engine.isOutboundDone()).isTrue();
  }

  /** Records with 20 bytes of content each, from the client. */
  private static List<byte[]> records(EnginePair pair, int count) {
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      content.writeBytes(new byte[20]);
      pair.client.send(content.toByteArray());
      records.add(pair.client.takeOutput());
    }
    return records;
  }
}
