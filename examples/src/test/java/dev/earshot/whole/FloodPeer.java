package dev.earshot.whole;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Received;
import dev.earshot.Security;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * One of the two processes of {@link SlowReaderNetworkTest}: {@code receive KIND BYTES} or {@code
 * send KIND BYTES PORT futures|try}. Says on its output what it has done; reads {@code memory} and
 * {@code resume} from its input.
 */
final class FloodPeer {
  static final int PIECE = 64 << 10;
  static final long READ_BEFORE_STOPPING = 8 << 20;

  private final Network network;
  private final Parameters parameters;
  private final long total;
  private final CRC32C checksum = new CRC32C();
  private final AtomicLong done = new AtomicLong();
  private final CompletableFuture<Void> resumed = new CompletableFuture<>();

  private FloodPeer(Network network, String kind, long total) {
    this.network = network;
    this.total = total;
    byte[] key = new byte[32];
    Parameters.Builder builder = kind.equals("tcp") ? Parameters.tcp() : Parameters.webSocket();
    if (kind.equals("tls")) {
      builder.security(Security.psk(PreSharedKey.of("flood", key)));
    }
    this.parameters = builder.requireLink(Loopback.link(network)).build();
  }

  public static void main(String[] arguments) throws Exception {
    try (Network network = Network.open()) {
      FloodPeer peer = new FloodPeer(network, arguments[1], Long.parseLong(arguments[2]));
      Thread commands = new Thread(peer::obey, "commands");
      commands.setDaemon(true);
      commands.start();
      if (arguments[0].equals("receive")) {
        peer.receive();
      } else {
        peer.send(Integer.parseInt(arguments[3]), arguments[4].equals("try"));
      }
      say("checksum " + Long.toHexString(peer.checksum.getValue()) + " of " + peer.done);
      peer.sayMemory();
    }
  }

  private static void say(String line) {
    System.out.println(line);
  }

  private void sayMemory() {
    say("memory " + ProcessFacts.peakHeapBytes() + " " + ProcessFacts.directBytes() + " " + done);
  }

  private void obey() {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    in.lines()
        .forEach(
            line -> {
              if (line.equals("resume")) {
                resumed.complete(null);
              } else {
                sayMemory();
              }
            });
  }

  // Receiving.

  private void receive() throws Exception {
    CompletableFuture<Connection> arrived = new CompletableFuture<>();
    var listener = network.listener(parameters);
    listener.start((on, connection) -> arrived.complete(connection.start()), Runnable::run);
    say("port " + listener.ready().get().port().orElseThrow());
    Connection connection = arrived.get();
    connection.ready().get();
    read(connection, READ_BEFORE_STOPPING);
    say("stopped");
    resumed.get();
    read(connection, total);
    connection.send(Payload.utf8("thanks")).get();
    connection.receiveMessage().get(); // the end
    connection.cancel().get();
  }

  private void read(Connection connection, long until) throws Exception {
    while (done.get() < until) {
      Received next =
          connection.parameters().protocol().isMessageBased()
              ? connection.receiveMessage().get()
              : connection.receive(1, 256 << 10).get();
      checksum.update(next.content().asByteBuffer());
      done.addAndGet(next.content().length());
      if (next.endOfStream()) {
        throw new IllegalStateException("ended after " + done);
      }
    }
  }

  // Sending.

  private void send(int port, boolean tries) throws Exception {
    Connection connection = network.connection(Endpoint.hostPort("127.0.0.1", port), parameters);
    connection.start().ready().get();
    byte[] pattern = new byte[PIECE];
    new Random(1).nextBytes(pattern);
    while (done.get() < total) {
      byte[] piece = pattern.clone();
      ByteBuffer.wrap(piece).putLong(0, done.get());
      Payload content = Payload.wrap(piece);
      if (!tries) {
        connection.send(content).get();
      } else {
        while (!connection.trySend(content)) {
          connection.send(Payload.empty()).get(); // completes when there is room
        }
      }
      checksum.update(piece);
      done.addAndGet(piece.length);
    }
    say("sent");
    connection.receiveMessage().get(); // the other side has all of it
    connection.cancel().get();
  }
}
