package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What an idle connection costs each side, with the two sides in processes of their own: a thousand
 * beyond fifty that warmed them up. Its figures are printed.
 */
@Tag("network")
@Tag("soak")
@Timeout(600)
class IdleMemoryNetworkTest {
  private static final List<String> OPTIONS =
      List.of("-Xms256m", "-Xmx256m", "-Xmn32m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC");
  private static final int WARM = 50;
  private static final int COUNT = 1_000;
  private static final long MOST_RESIDENT = 20 << 10;

  @ParameterizedTest
  @EnumSource(PathTransport.class)
  void anIdleConnectionIsLight(PathTransport transport) throws Exception {
    try (JavaProcess server = JavaProcess.start(OPTIONS, IdlePeer.class);
        JavaProcess client = JavaProcess.start(OPTIONS, IdlePeer.class)) {
      server.type("listen " + transport);
      String port = server.awaitLine("listening").split(" ")[1];
      client.type("connect " + transport + " " + port + " " + WARM);
      client.awaitLine("connected");
      Weight serverBefore = Weight.of(server, WARM, 0);
      Weight clientBefore = Weight.of(client, WARM, 0);
      client.type("connect " + transport + " " + port + " " + COUNT);
      client.awaitLine("connected", 1);
      Weight listening = Weight.of(server, WARM + COUNT, 1).less(serverBefore);
      Weight dialling = Weight.of(client, WARM + COUNT, 1).less(clientBefore);
      System.out.printf("%s: listening %s, dialling %s%n", transport, listening, dialling);
      for (Weight side : List.of(listening, dialling)) {
        assertThat(side.heap / COUNT).isLessThanOrEqualTo(transport.mostHeap());
        if (transport == PathTransport.WEB_SOCKET) {
          assertThat((side.heap + side.resident) / COUNT).isLessThanOrEqualTo(MOST_RESIDENT);
        }
      }
    }
  }

  /** In bytes; the heap is resident from the start, so that its growth is not in the second. */
  private record Weight(long heap, long resident) {
    static Weight of(JavaProcess peer, int connections, int skipped) throws Exception {
      peer.type("weigh " + connections);
      String[] words = peer.awaitLine("weight", skipped).split(" ");
      return new Weight(Long.parseLong(words[1]), Long.parseLong(words[2]));
    }

    private Weight less(Weight before) {
      return new Weight(heap - before.heap, resident - before.resident);
    }

    @Override
    public String toString() {
      return "%d bytes of heap and %d beside it".formatted(heap / COUNT, resident / COUNT);
    }
  }
}
