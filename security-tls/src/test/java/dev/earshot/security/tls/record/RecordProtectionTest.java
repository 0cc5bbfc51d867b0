package dev.earshot.security.tls.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import javax.crypto.AEADBadTagException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordProtectionTest {

  /**
   * The cipher's numbers are those of RFC 8439, section 2.8.2, whose additional data differ from a
   * record's; so the ciphertext is compared, which does not depend on them.
   */
  @Test
  void theFirstChachaRecordHasTheNonceOfRfc8439() throws Exception {
    HexFormat hex = HexFormat.of();
    String key = "808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f";
    String nonce = "070000004041424344454647";
    String other = "00".repeat(32);
    String otherNonce = "00".repeat(12);
    RecordProtection client =
        RecordProtection.of(
            RecordAlgorithm.CHACHA20_POLY1305,
            hex.parseHex(key + other + nonce + otherNonce),
            false);
    byte[] text = "Ladies and Gentlemen of the class of '99".getBytes("US-ASCII");
    byte[] record = new byte[text.length + client.sealer().overhead()];

    client.sealer().seal(RecordFormat.APPLICATION_DATA, text, 0, text.length, record, 0);

    assertThat(hex.formatHex(record)).startsWith("1703030038" + "d31a8d34648e60db7b86afbc53ef7ec2");
  }

  /** Test case 2 of the GCM specification: key, nonce and text of zeros. */
  @Test
  void theFirstGcmRecordHasThePublishedCiphertext() {
    RecordAlgorithm gcm = RecordAlgorithm.AES_128_GCM;
    RecordProtection client = RecordProtection.of(gcm, new byte[gcm.keyBlockBytes()], false);
    byte[] record = new byte[16 + client.sealer().overhead()];

    client.sealer().seal(RecordFormat.APPLICATION_DATA, new byte[16], 0, 16, record, 0);

    assertThat(HexFormat.of().formatHex(record, 13, 29))
        .isEqualTo("0388dace60b6a392f328c2b971b2fe78");
  }

  /** Test case 14 of the GCM specification: the same with a key of 256 bits. */
  @Test
  void theFirstGcmRecordWithALongerKeyHasThePublishedCiphertext() {
    RecordAlgorithm gcm = RecordAlgorithm.AES_256_GCM;
    RecordProtection client = RecordProtection.of(gcm, new byte[gcm.keyBlockBytes()], false);
    byte[] record = new byte[16 + client.sealer().overhead()];

    client.sealer().seal(RecordFormat.APPLICATION_DATA, new byte[16], 0, 16, record, 0);

    assertThat(HexFormat.of().formatHex(record, 13, 29))
        .isEqualTo("cea7403d4d606b6e074ec5d3baf39d18");
  }

  @Test
  void theNonceOfAGcmRecordIsTheFixedPartAndTheSequenceNumber() {
    byte[] block = keyBlock(RecordAlgorithm.AES_128_GCM);
    RecordProtection client =
        RecordProtection.of(RecordAlgorithm.AES_128_GCM, block.clone(), false);
    byte[] record = new byte[64];
    for (int i = 0; i < 3; i++) {
      int length = client.sealer().seal(23, new byte[10], 0, 10, record, 2);

      assertThat(length).isEqualTo(10 + 29);
      assertThat(Arrays.copyOfRange(record, 2, 7)).containsExactly(23, 3, 3, 0, 34);
      assertThat(Arrays.copyOfRange(record, 7, 15)).containsExactly(0, 0, 0, 0, 0, 0, 0, i);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatOneSideSealsTheOtherOpens(RecordAlgorithm algorithm) throws Exception {
    byte[] block = keyBlock(algorithm);
    RecordProtection client = RecordProtection.of(algorithm, block.clone(), false);
    RecordProtection server = RecordProtection.of(algorithm, block.clone(), true);
    Random random = new Random(7);
    for (int length : new int[] {0, 1, 15, 16, 17, 1000, RecordFormat.MAXIMUM_CONTENT}) {
      byte[] content = new byte[length];
      random.nextBytes(content);
      byte[] record = new byte[length + client.sealer().overhead()];
      byte[] opened = new byte[length];

      int sealed = client.sealer().seal(22, content, 0, length, record, 0);
      int got = server.opener().open(22, record, 5, sealed - 5, opened, 0);

      assertThat(got).isEqualTo(length);
      assertThat(opened).isEqualTo(content);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theTypeIsProtected(RecordAlgorithm algorithm) {
    byte[] block = keyBlock(algorithm);
    RecordProtection client = RecordProtection.of(algorithm, block.clone(), false);
    RecordProtection server = RecordProtection.of(algorithm, block.clone(), true);
    byte[] record = new byte[1 + client.sealer().overhead()];
    int sealed = client.sealer().seal(22, new byte[1], 0, 1, record, 0);

    assertThatThrownBy(() -> server.opener().open(23, record, 5, sealed - 5, new byte[1], 0))
        .isInstanceOf(AEADBadTagException.class);
  }

  @Test
  void theKeyBlockIsOverwritten() {
    byte[] block = keyBlock(RecordAlgorithm.AES_128_GCM);
    RecordProtection.of(RecordAlgorithm.AES_128_GCM, block, true);

    assertThat(block).containsOnly(0);
  }

  @Test
  void aKeyIsGivenUpBeforeItHasProtectedTooMuch() {
    RecordAlgorithm gcm = RecordAlgorithm.AES_128_GCM;
    RecordSealer sealer = RecordProtection.of(gcm, keyBlock(gcm), true).sealer();
    byte[] record = new byte[16_500];
    assertThat(sealer.usedUp()).isFalse();
    WornKey.wear(sealer);

    assertThat(sealer.usedUp()).isTrue();
    sealer.seal(21, new byte[2], 0, 2, record, 0);
    assertThatThrownBy(() -> sealer.seal(23, new byte[16384], 0, 16384, record, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  private static byte[] keyBlock(RecordAlgorithm algorithm) {
    byte[] block = new byte[algorithm.keyBlockBytes()];
    new Random(3).nextBytes(block);
    return block;
  }
}
