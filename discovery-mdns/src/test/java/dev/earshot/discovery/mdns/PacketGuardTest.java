package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.discovery.mdns.DnsMessage.Question;
import dev.earshot.discovery.mdns.PacketGuard.Reason;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PacketGuardTest {
  private static final DnsName TYPE = DnsName.of("_chat", "_tcp", "local");

  private final InetAddress neighbour = address("192.0.2.7");
  private final InetAddress stranger = address("203.0.113.9");
  private final InetAddress ourselves = address("192.0.2.1");
  private long nanos;
  private final PacketGuard guard =
      new PacketGuard(a -> !a.equals(stranger), a -> a.equals(ourselves), () -> nanos);

  @Test
  void aNeighboursQuestionAndAnswerComeIn() {
    assertThat(guard.admit(packet(query(), neighbour, 5353))).contains(query());
    assertThat(guard.admit(packet(response(), neighbour, 5353))).contains(response());
  }

  @Test
  void aOneShotQuestionFromAnyPortComesIn() {
    assertThat(guard.admit(packet(query(), neighbour, 40_000))).isPresent();
  }

  @Test
  void port0IsNoSource() {
    assertDropped(packet(query(), neighbour, 0), Reason.SOURCE);
  }

  @Test
  void anAddressWithoutRouteIsNoSource() {
    assertDropped(packet(query(), stranger, 5353), Reason.OFF_LINK);
    assertDropped(packet(query(), address("224.0.0.251"), 5353), Reason.SOURCE);
    assertDropped(packet(query(), address("0.0.0.0"), 5353), Reason.SOURCE);
  }

  @Test
  void anAnswerFromAnotherPortIsIgnored() {
    assertDropped(packet(response(), neighbour, 40_000), Reason.NOT_STANDARD);
  }

  @Test
  void anotherOpcodeOrResultIsIgnored() {
    DnsMessage update = new DnsMessage(0, 5 << 11, List.of(), List.of(), List.of(), List.of());
    DnsMessage error = new DnsMessage(0, 0x8403, List.of(), List.of(), List.of(), List.of());

    assertDropped(packet(update, neighbour, 5353), Reason.NOT_STANDARD);
    assertDropped(packet(error, neighbour, 5353), Reason.NOT_STANDARD);
  }

  @Test
  void whatIsNoMessageIsDropped() {
    DatagramPacket packet = new DatagramPacket(new byte[] {1, 2, 3}, 3, neighbour, 5353);

    assertDropped(packet, Reason.MALFORMED);
  }

  @Test
  void aPacketLargerThanAllowedIsDropped() {
    byte[] large = new byte[PacketGuard.MAXIMUM_BYTES + 1];

    assertDropped(new DatagramPacket(large, large.length, neighbour, 5353), Reason.MALFORMED);
  }

  @Test
  void aLoudSenderIsHeardALittleAndOthersAsWell() {
    int admitted = 0;
    for (int i = 0; i < 2_000; i++) {
      admitted += guard.admit(packet(query(), neighbour, 5353)).isPresent() ? 1 : 0;
    }

    assertThat(admitted).isBetween(100, 200);
    assertThat(guard.admit(packet(query(), address("192.0.2.8"), 5353))).isPresent();
    nanos += 1_000_000_000L;
    assertThat(guard.admit(packet(query(), neighbour, 5353))).isPresent();
  }

  @Test
  void manySendersTogetherAreLimitedToo() {
    int admitted = 0;
    for (int i = 0; i < 10_000; i++) {
      InetAddress source = address("198.18." + i % 64 + "." + i / 64 % 256);
      admitted += guard.admit(packet(query(), source, 5353)).isPresent() ? 1 : 0;
    }

    assertThat(admitted).isBetween(1_000, 4_000);
  }

  @Test
  void noPacketWhateverItHoldsGetsPastAsAnException() {
    Random random = new Random(7);
    for (int i = 0; i < 20_000; i++) {
      nanos += 100_000_000L;
      byte[] bytes = new byte[random.nextInt(200)];
      random.nextBytes(bytes);
      if (bytes.length > 3 && random.nextBoolean()) {
        bytes[2] = (byte) (bytes[2] & 0x80);
        bytes[3] = 0;
      }
      DatagramPacket packet =
          new DatagramPacket(bytes, bytes.length, neighbour, 1 + random.nextInt(65_535));

      assertThat(guard.admit(packet)).isNotNull();
    }
  }

  private void assertDropped(DatagramPacket packet, Reason reason) {
    long before = guard.dropped(reason);
    assertThat(guard.admit(packet)).isEmpty();
    assertThat(guard.dropped(reason)).isEqualTo(before + 1);
  }

  private static DnsMessage query() {
    return DnsMessage.query(List.of(new Question(TYPE, DnsRecord.PTR, false)), List.of());
  }

  private static DnsMessage response() {
    DnsRecord pointer = DnsRecord.pointer(TYPE, 120, TYPE.under("Den"));
    return new DnsMessage(0, 0x8400, List.of(), List.of(pointer), List.of(), List.of());
  }

  private static DatagramPacket packet(DnsMessage message, InetAddress from, int port) {
    byte[] bytes = DnsWriter.write(message);
    DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
    packet.setAddress(from);
    packet.setPort(port);
    return packet;
  }

  private static InetAddress address(String numeric) {
    try {
      return InetAddress.getByName(numeric);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(numeric, e);
    }
  }
}
