package dev.earshot.security.tls.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import javax.crypto.AEADBadTagException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Protected datagrams that are not what the peer sent, and those that are. */
class DatagramProtectionTest {
  private static final byte[] CONTENT = {1, 2, 3};

  private static DatagramProtection side(RecordAlgorithm algorithm, boolean server) {
    byte[] keys = new byte[algorithm.keyBlockBytes()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = (byte) i;
    }
    return DatagramProtection.of(algorithm, keys, server);
  }

  @ParameterizedTest
  @EnumSource
  void aForgedRecordDoesNotKeepOutTheTrueOneWithItsNumber(RecordAlgorithm algorithm)
      throws Exception {
    DatagramProtection client = side(algorithm, false);
    DatagramProtection server = side(algorithm, true);
    byte[] record = new byte[CONTENT.length + client.overhead()];
    DatagramProtection.putHeader(record, 0, RecordFormat.APPLICATION_DATA, 1L << 48 | 7, 0);
    int length = client.seal(CONTENT, 0, CONTENT.length, record, 0);
    byte[] forged = record.clone();
    forged[length - 1] ^= 1;
    for (int i = 0; i < 2; i++) {
      assertThatExceptionOfType(AEADBadTagException.class)
          .isThrownBy(() -> server.open(forged, 0, length));
    }
    assertThat(server.open(record, 0, length)).isEqualTo(CONTENT);
  }
}
