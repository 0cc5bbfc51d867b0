package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.FramingException;
import dev.earshot.Payload;
import dev.earshot.ServiceType;
import dev.earshot.TxtRecord;
import dev.earshot.discovery.mdns.DnsMessage.Question;
import dev.earshot.testing.Amplification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.jmdns.impl.DNSIncoming;

/**
 * Packets, from anybody on the link: read or dropped; what was read says the same when it is
 * written and read again; and what is handed on to jmDNS is nothing that jmDNS could not read.
 */
public final class MdnsPacketFuzz {
  private static final int FACTOR = 1_500; // a pointer of two bytes is a name of 127 labels
  private static final int BASE = 1 << 20;
  private static final int ENGINE_SECONDS = 3_600;
  private static final ServiceType TYPE = ServiceType.tcp("chat");
  private static final DnsName TYPE_NAME = ServiceNames.of(TYPE);
  private static final DnsName HOST = ServiceNames.ofHost("host");
  private static final InetAddress NEIGHBOUR = address(192, 0, 2, 7);

  private MdnsPacketFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Amplification.bounded(input.length, FACTOR, BASE, () -> admitted(input));
    Optional<DnsMessage> message = admitted(input);
    if (message.isPresent()) {
      again(message.get());
      handOn(message.get());
      message.get().answers().forEach(MdnsPacketFuzz::compare);
    }
  }

  private static Optional<DnsMessage> admitted(byte[] input) {
    PacketGuard guard = new PacketGuard(a -> true, a -> false, () -> 0L);
    return guard.admit(new DatagramPacket(input, input.length, NEIGHBOUR, 5353));
  }

  private static void again(DnsMessage message) throws FramingException {
    byte[] written = DnsWriter.write(message);
    if (written.length > PacketGuard.MAXIMUM_BYTES) {
      return; // names that were compressed in places where ours are not
    }
    DnsMessage read = DnsReader.read(written, 0, written.length);
    assertThat(read.questions()).isEqualTo(message.questions());
    assertThat(read.answers()).isEqualTo(known(message.answers()));
    assertThat(read.authorities()).isEqualTo(known(message.authorities()));
    assertThat(read.additionals()).isEqualTo(known(message.additionals()));
  }

  private static List<DnsRecord> known(List<DnsRecord> records) {
    return records.stream().filter(r -> !(r.data() instanceof DnsRecord.Opaque)).toList();
  }

  private static void handOn(DnsMessage message) {
    Translation translation = new Translation(HOST, ENGINE_SECONDS);
    translation.add(
        new JmdnsService(
            7, new Engine.Publishing(new NameLadder("Den", 1), 1, TYPE, 4242, TxtRecord.empty())));
    translation
        .incoming(message)
        .ifPresent(
            translated -> {
              byte[] bytes = DnsWriter.write(translated);
              try {
                new DNSIncoming(new DatagramPacket(bytes, bytes.length, NEIGHBOUR, 5353));
              } catch (IOException e) {
                throw new UncheckedIOException("jmDNS cannot read what it was handed", e);
              }
            });
  }

  private static void compare(DnsRecord record) {
    DnsRecord ours =
        new DnsRecord(HOST, DnsRecord.SRV, true, 120, new DnsRecord.Server(0, 0, 1, HOST));
    boolean later = TieBreak.isLater(record, ours);
    boolean earlier = TieBreak.isLater(ours, record);
    assertThat(later && earlier).as("both have to wait").isFalse();
  }

  private static InetAddress address(int... numbers) {
    byte[] bytes = new byte[numbers.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) numbers[i];
    }
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("an address of " + bytes.length + " bytes", e);
    }
  }

  /** Questions, answers, probes, goodbyes of honest neighbours, and loops of pointers. */
  static List<byte[]> seeds() {
    DnsName den = TYPE_NAME.under("Den");
    DnsRecord pointer = DnsRecord.pointer(TYPE_NAME, 120, den);
    DnsRecord server =
        new DnsRecord(den, DnsRecord.SRV, true, 120, new DnsRecord.Server(0, 0, 4242, HOST));
    DnsRecord text =
        new DnsRecord(den, DnsRecord.TXT, true, 120, new DnsRecord.Text(Payload.utf8("\3a=b\1c")));
    DnsRecord four =
        new DnsRecord(HOST, DnsRecord.A, true, 120, new DnsRecord.Address(address(192, 0, 2, 7)));
    DnsRecord six =
        new DnsRecord(
            HOST,
            DnsRecord.AAAA,
            true,
            120,
            new DnsRecord.Address(address(0xFE, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7)));
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(DnsWriter.write(DnsMessage.query(List.of(ask(TYPE_NAME, DnsRecord.PTR)), List.of())));
    seeds.add(
        DnsWriter.write(
            DnsMessage.query(
                List.of(ask(TYPE_NAME, DnsRecord.PTR), ask(HOST, DnsRecord.ANY)),
                List.of(pointer))));
    seeds.add(
        DnsWriter.write(
            new DnsMessage(
                0, 0, List.of(ask(den, DnsRecord.ANY)), List.of(), List.of(server), List.of())));
    seeds.add(
        DnsWriter.write(
            new DnsMessage(
                0,
                0x8400,
                List.of(),
                List.of(pointer, server, text),
                List.of(),
                List.of(four, six))));
    seeds.add(DnsWriter.write(DnsMessage.response(List.of(pointer.withTimeToLive(0)))));
    byte[] loop = seeds.get(0).clone();
    loop[12] = (byte) 0xC0;
    loop[13] = 12;
    seeds.add(loop);
    return seeds;
  }

  private static Question ask(DnsName name, int type) {
    return new Question(name, type, false);
  }
}
