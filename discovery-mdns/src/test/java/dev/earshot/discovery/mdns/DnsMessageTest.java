package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.discovery.mdns.DnsMessage.Question;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DnsMessageTest {
  private static final DnsName TYPE = DnsName.of("_chat", "_tcp", "local");
  private static final DnsName DEN = TYPE.under("Den. Küche \\ 😀");
  private static final DnsName HOST = DnsName.of("0123456789abcdef", "local");

  @Test
  void whatIsWrittenIsReadBack() throws Exception {
    DnsMessage message = response();

    DnsMessage read = read(DnsWriter.write(message));

    assertThat(read).isEqualTo(message);
    assertThat(read.answers().get(0).data()).isEqualTo(new DnsRecord.Pointer(DEN));
    assertThat(((DnsRecord.Pointer) read.answers().get(0).data()).target().firstLabel())
        .contains("Den. Küche \\ 😀");
  }

  @Test
  void namesAreCompressed() {
    byte[] bytes = DnsWriter.write(response());

    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThat(text.split("_chat", -1)).as("_chat stands once").hasSize(2);
    assertThat(text.split("local", -1)).as("local stands once").hasSize(2);
  }

  @Test
  void namesCompareWithoutCaseButKeepIt() throws Exception {
    DnsName loud = DnsName.of("DEN", "_Chat", "_TCP", "Local");

    DnsMessage read =
        read(
            DnsWriter.write(
                DnsMessage.query(List.of(new Question(loud, DnsRecord.PTR, true)), List.of())));

    assertThat(loud).isEqualTo(TYPE.under("den"));
    assertThat(read.questions().get(0).name()).hasToString("DEN._Chat._TCP.Local.");
    assertThat(read.questions().get(0).unicast()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", // nothing
        "0000", // less than a header
        "000000000001000000000000", // a question that is not there
        "00000000ffffffffffffffff", // 262140 entries that are not there
        "000000000001000000000000c00c000c0001", // a name that points to itself
        "000000000001000000000000c00e000c0001", // a name that points forward
        "000000000001000000000000c000000c0001", // a name that points into the header
        "000000000001000000000000016140000c0001", // a label of kind 01
        "000000000001000000000000016180000c0001", // a label of kind 10
        "000000000001000000000000ff", // half a pointer
        "000000000001000000000000056162", // a label that runs past the end
        "000084000000000100000000001000010000007800ff00", // data that runs past the end
        "0000840000000001000000000021000100000078000600000000123400", // SRV with too short a length
        "000084000000000100000000000c00010000007800020000", // PTR with too long a length
      })
  void malformedBytesAreRefused(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);

    assertThatThrownBy(() -> read(bytes)).isInstanceOf(FramingException.class);
  }

  @Test
  void aNameLongerThan255BytesIsRefused() {
    List<byte[]> labels = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      labels.add(new byte[63]);
    }

    assertThatThrownBy(() -> DnsName.ofLabels(labels)).isInstanceOf(FramingException.class);
  }

  @Test
  void aNameThatGrowsByPointersIsRefused() {
    // Each of many questions points to the one before and puts 63 bytes in front.
    StringBuilder hex = new StringBuilder("000000000006000000000000");
    String label = "3f" + "61".repeat(63);
    hex.append(label).append("00000c0001");
    int before = 12;
    for (int i = 1; i < 6; i++) {
      int here = hex.length() / 2;
      hex.append(label).append(String.format("c0%02x000c0001", before));
      before = here;
      if (here > 0xff) {
        break;
      }
    }
    byte[] bytes = HexFormat.of().parseHex(hex);

    assertThatThrownBy(() -> read(bytes)).isInstanceOf(FramingException.class);
  }

  @Test
  void instanceNamesWithControlCharactersOrBrokenUtf8AreNone() throws Exception {
    assertThat(DnsName.ofLabels(List.of(new byte[] {'a', 0, 'b'})).firstLabel()).isEmpty();
    assertThat(DnsName.ofLabels(List.of(new byte[] {'a', 27, 'b'})).firstLabel()).isEmpty();
    assertThat(
            DnsName.ofLabels(List.of(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80}))
                .firstLabel())
        .isEmpty();
  }

  @Test
  void recordsOfUnknownTypesAreReadOverAndNotWritten() throws Exception {
    DnsRecord opaque = new DnsRecord(HOST, 47, true, 120, new DnsRecord.Opaque());
    DnsMessage message =
        new DnsMessage(0, 0x8400, List.of(), List.of(opaque), List.of(), List.of());

    assertThat(read(DnsWriter.write(message)).answers()).isEmpty();
  }

  @Test
  void anyBytesEitherAreAMessageOrAreRefused() {
    Random random = new Random(20_260_101);
    byte[] good = DnsWriter.write(response());
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = i % 4 == 0 ? randomBytes(random) : mutated(good, random);
      try {
        DnsMessage message = read(bytes);
        // What was understood can be written again, and means the same then.
        DnsMessage again = read(DnsWriter.write(message));
        assertThat(again.questions()).isEqualTo(message.questions());
      } catch (FramingException refused) {
        assertThat(refused).hasMessageContaining("DNS");
      }
    }
  }

  private static byte[] randomBytes(Random random) {
    byte[] bytes = new byte[random.nextInt(300)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] mutated(byte[] good, Random random) {
    byte[] bytes = good.clone();
    for (int i = random.nextInt(6); i >= 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return random.nextInt(5) == 0
        ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length))
        : bytes;
  }

  private static DnsMessage response() {
    return new DnsMessage(
        0,
        0x8400,
        List.of(),
        List.of(
            DnsRecord.pointer(TYPE, 120, DEN),
            new DnsRecord(DEN, DnsRecord.SRV, true, 120, new DnsRecord.Server(0, 0, 4242, HOST)),
            new DnsRecord(
                DEN, DnsRecord.TXT, true, 120, new DnsRecord.Text(Payload.utf8("\003a=b")))),
        List.of(),
        List.of(
            new DnsRecord(
                HOST, DnsRecord.A, true, 120, new DnsRecord.Address(address("192.0.2.7"))),
            new DnsRecord(
                HOST, DnsRecord.AAAA, true, 120, new DnsRecord.Address(address("fe80::7")))));
  }

  private static InetAddress address(String numeric) {
    try {
      return InetAddress.getByName(numeric);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(numeric, e);
    }
  }

  private static DnsMessage read(byte[] bytes) throws FramingException {
    return DnsReader.read(bytes, 0, bytes.length);
  }
}
