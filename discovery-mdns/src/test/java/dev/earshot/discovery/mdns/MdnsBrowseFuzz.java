package dev.earshot.discovery.mdns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Browser;
import dev.earshot.FramingException;
import dev.earshot.testing.Amplification;
import dev.earshot.testing.PeerBytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a browser makes of packet after packet, from anybody on two links, while time passes: names
 * that can be shown, as many as the limits allow, and all forgotten when their time is over.
 */
public final class MdnsBrowseFuzz {
  private static final int ACTS = 12;
  private static final int FACTOR = 100_000; // each packet makes what is found be told anew
  private static final int BASE = 32 << 20;
  private static final Duration LONGER_THAN_ANY_RECORD = Duration.ofDays(2);

  private MdnsBrowseFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Amplification.bounded(input.length, FACTOR, BASE, () -> take(new PeerBytes(input)));
    if (input.length % 8 == 0) { // it takes long
      forget(take(new PeerBytes(input)));
    }
  }

  private static FakeLinks take(PeerBytes bytes) {
    FakeLinks net = new FakeLinks();
    net.browse(FakeLinks.ANY);
    net.resolve();
    int heard = 0;
    for (int act = 0; act < ACTS && !bytes.isEmpty(); act++) {
      int what = bytes.octet();
      if (what < 0x40) {
        net.time.advance(Duration.ofMillis(100L * what));
      } else {
        heard += hear(net, what < 0xA0 ? "eth0" : "wlan0", bytes.take(bytes.word() % 1_500));
      }
      check(net, heard);
    }
    return net;
  }

  private static void forget(FakeLinks net) {
    net.time.advance(LONGER_THAN_ANY_RECORD);
    check(net, 0);
    assertThat(net.events.results()).isEmpty();
  }

  private static int hear(FakeLinks net, String link, byte[] packet) {
    DnsMessage message;
    try {
      message = DnsReader.read(packet, 0, packet.length);
    } catch (FramingException refused) {
      return 0;
    }
    List<DnsRecord> records = new ArrayList<>(message.answers());
    records.addAll(message.additionals());
    net.hear(link, records.toArray(new DnsRecord[0]));
    return records.size();
  }

  private static void check(FakeLinks net, int most) {
    for (LinkResponder link : net.responders.all()) {
      assertThat(link.store().size()).isLessThanOrEqualTo(most);
    }
    for (Browser.Result result : net.events.results()) {
      String name = result.endpoint().name();
      assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1, 63);
      assertThat(name.codePoints().noneMatch(c -> c < 0x20 || c == 0x7F)).isTrue();
      assertThat(result.endpoint().type()).isEqualTo(FakeLinks.TYPE);
      assertThat(result.links()).isNotEmpty();
    }
  }

  /** A service that comes, on one link and on both, changes and goes. */
  static List<byte[]> seeds() {
    DnsRecord[] all = {
      FakeLinks.pointer(),
      FakeLinks.server(4242),
      FakeLinks.text("a=1"),
      FakeLinks.address("192.0.2.9")
    };
    byte[] come = DnsWriter.write(DnsMessage.response(List.of(all)));
    byte[] change = DnsWriter.write(DnsMessage.response(List.of(FakeLinks.text("a=2"))));
    byte[] move = DnsWriter.write(DnsMessage.response(List.of(FakeLinks.server(4243))));
    byte[] go = DnsWriter.write(DnsMessage.response(List.of(all[0].withTimeToLive(0))));
    return List.of(
        seed(come), seed(come, change), seed(come, move, go), seed(all[0], all[2]), seed(go));
  }

  private static byte[] seed(DnsRecord first, DnsRecord second) {
    return seed(
        DnsWriter.write(DnsMessage.response(List.of(first))),
        DnsWriter.write(DnsMessage.response(List.of(second))));
  }

  private static byte[] seed(byte[]... packets) {
    ByteArrayOutputStream seed = new ByteArrayOutputStream();
    for (int i = 0; i < packets.length; i++) {
      seed.write(i % 2 == 0 ? 0x50 : 0xB0);
      seed.write(packets[i].length >> 8);
      seed.write(packets[i].length);
      seed.writeBytes(packets[i]);
      seed.write(12);
    }
    return seed.toByteArray();
  }
}
