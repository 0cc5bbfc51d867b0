package dev.earshot.security.tls.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The trace of a handshake in RFC 8448, section 3, as far as secrets and records are ours. */
class PublishedTls13Test {
  private static final String EMPTY_HASH =
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  private static final String CLIENT_SECRET =
      "9e40646ce79a7f9dc05af8889bce6552875afa0b06df0087f792ebb7c17504a5";
  private static final String SERVER_SECRET =
      "a11af9f05531f856ad47116b45a950328204b4f44bfb6b3a4b4f1f3fcb631643";
  private static final String CLIENT_DATA =
      "1703030043"
          + "a23f7054b62c94d0affafe8228ba55cbefacea42f914aa66bcab3f2b9819a8a5b46b395bd54a9a20441e2b"
          + "62974e1f5a6292a2977014bd1e3deae63aeebb21694915e4";
  private static final String CLIENT_FAREWELL = "1703030013c9872760655666b74d7ff1153efd6db6d0b0e3";
  private static final String SERVER_DATA =
      "1703030043"
          + "2e937e11ef4ac740e538ad36005fc4a46932fc3225d05f82aa1b36e30efaf97d90e6dffc602dcb501a59a8"
          + "fcc49c4bf2e5f0a21c0047c2abf332540dd032e167c2955d";

  @Test
  void theEarlySecretsAreThose() {
    byte[] early = KeySchedule.extract(new byte[32], new byte[32]);
    assertHex(early, "33ad0a1c607ec03b09e6cd9893680ce210adf300aa1f2660e1b22e10f170f92a");
    assertHex(
        KeySchedule.derive(early, "derived", new byte[0]),
        "6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba");
    assertHex(
        KeySchedule.expandLabel(early, "derived", bytes(EMPTY_HASH), 32),
        "6f2615a108c702c5678f54fc9dbab69716c076189c48250cebeac3576c3611ba");
  }

  @Test
  void theTrafficKeysAreThose() {
    assertKeys(
        "b3eddb126e067f35a780b3abf45e2d8f3b1a950738f52e9600746a0e27a55a21",
        "dbfaa693d1762c5b666af5d950258d01",
        "5bd3c71b836e0b76bb73265f");
    assertKeys(
        "b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38",
        "3fce516009c21727d0f2e4e86ee403bc",
        "5d313eb2671276ee13000b30");
    assertKeys(CLIENT_SECRET, "17422dda596ed5d9acd890e3c63f5051", "5b78923dee08579033e523d9");
    assertKeys(SERVER_SECRET, "9f02283b6c9c07efc26bb9f2ac92e356", "cf782b88dd83549aadf1e984");
  }

  @Test
  void theFinishedKeyOfTheServerIsThat() {
    assertHex(
        KeySchedule.expandLabel(
            bytes("b67b7d690cc16c4e75e54213cb2d37b4e9c912bcded9105d42befd59d391ad38"),
            "finished",
            new byte[0],
            32),
        "008d3b66f816ea559f96b537e885c31fc068bf492c652f01f288a1d8cdc19fc8");
  }

  @Test
  void theRecordsAreThoseByteForByte() throws Exception {
    RecordProtection client = protection(false);
    RecordProtection server = protection(true);
    byte[] content = new byte[50];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) i;
    }
    assertHex(seal(client, RecordFormat.APPLICATION_DATA, content), CLIENT_DATA);
    assertHex(seal(client, RecordFormat.ALERT, new byte[] {1, 0}), CLIENT_FAREWELL);
    seal(server, RecordFormat.HANDSHAKE, new byte[1]); // the place of the server's ticket
    assertHex(seal(server, RecordFormat.APPLICATION_DATA, content), SERVER_DATA);

    RecordProtection reader = protection(true);
    assertThat(open(reader, CLIENT_DATA)).isEqualTo(content);
    assertThat(reader.opener().type()).isEqualTo(RecordFormat.APPLICATION_DATA);
    assertThat(open(reader, CLIENT_FAREWELL)).containsExactly(1, 0);
    assertThat(reader.opener().type()).isEqualTo(RecordFormat.ALERT);
  }

  private static RecordProtection protection(boolean server) {
    return RecordProtection.ofTls13(
        RecordAlgorithm.AES_128_GCM, bytes(CLIENT_SECRET), bytes(SERVER_SECRET), server);
  }

  private static byte[] seal(RecordProtection by, int type, byte[] content) {
    byte[] record = new byte[content.length + by.sealer().overhead()];
    by.sealer().seal(type, content, 0, content.length, record, 0);
    return record;
  }

  private static byte[] open(RecordProtection by, String record) throws Exception {
    byte[] bytes = bytes(record);
    byte[] content = new byte[bytes.length];
    int length = by.opener().open(23, bytes, 5, bytes.length - 5, content, 0);
    return Arrays.copyOf(content, length);
  }

  private static void assertKeys(String secret, String key, String nonce) {
    TrafficSecret traffic = new TrafficSecret(bytes(secret));
    assertHex(traffic.key(16), key);
    assertHex(traffic.nonce(), nonce);
  }

  private static void assertHex(byte[] actual, String expected) {
    assertThat(HexFormat.of().formatHex(actual)).isEqualTo(expected);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
