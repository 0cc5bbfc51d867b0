package dev.earshot.whole;

import dev.earshot.testing.NetworkNamespace;
import dev.earshot.testing.PeerProcess;
import java.util.List;
import java.util.OptionalLong;

/**
 * What packets of TCP and UDP come to a computer, and when: the signs of life of its peers. It sees
 * also those that are dropped afterwards. Wants Python.
 */
final class PathTap implements AutoCloseable {
  /** Prints {@code NANOS SOURCE PORT PORT} of each, by the clock of {@link System#nanoTime}. */
  private static final String PROGRAM =
      """
      import socket, struct, time
      OUTGOING, IPV4, TCP, UDP = 4, 0x0800, 6, 17
      tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(IPV4))
      print('tapping', flush=True)
      while True:
          packet, (link, kind, direction, *rest) = tap.recvfrom(64)
          now = time.monotonic_ns()
          if direction != OUTGOING and len(packet) > 20 and packet[9] in (TCP, UDP):
              header = 4 * (packet[0] & 15)
              ports = struct.unpack('!HH', packet[header:header + 4])
              print(now, socket.inet_ntoa(packet[12:16]), *ports, sep='\\t', flush=True)
      """;

  private final PeerProcess program;

  private PathTap(PeerProcess program) {
    this.program = program;
  }

  static PathTap in(NetworkNamespace computer) throws Exception {
    PeerProcess program = computer.start(List.of("python3", "-c", PROGRAM));
    program.awaitLine("tapping");
    return new PathTap(program);
  }

  /** When the last of {@code flow} came, of those before {@code nanos}. */
  OptionalLong last(Flow flow, long nanos) {
    String end = String.join("\t", "", flow.remote(), flow.remotePort(), flow.localPort());
    return program.lines().stream()
        .filter(line -> line.endsWith(end))
        .mapToLong(line -> Long.parseLong(line.substring(0, line.indexOf('\t'))))
        .filter(time -> time <= nanos)
        .max();
  }

  @Override
  public void close() {
    program.close();
  }

  /** Whose packets: an address, its port, and the port that they come to. */
  record Flow(String remote, String remotePort, String localPort) {}
}
