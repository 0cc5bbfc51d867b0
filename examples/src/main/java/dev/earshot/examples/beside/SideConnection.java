package dev.earshot.examples.beside;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Received;
import dev.earshot.Security;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A second connection beside a reliable one of messages: for datagrams, or for a stream with its
 * own flow control. One side asks for it over the reliable connection; the other opens a port for
 * that one peer and answers with it, and with a key that was made for this alone. So the reliable
 * connection should be protected too.
 *
 * <p>The answer is two bytes with the port, in network order, and the key.
 */
public final class SideConnection {
  private static final String IDENTITY = "side";

  private final Network network;
  private final Duration patience;
  private final Kind kind;

  /** What the second connection carries. */
  public enum Kind {
    /** Datagrams, over UDP. */
    DATAGRAMS,

    /** Bytes, over TCP. */
    STREAM;

    private Payload question() {
      return Payload.utf8(this == DATAGRAMS ? "datagrams?" : "stream?");
    }

    private Parameters.Builder parameters() {
      return this == DATAGRAMS ? Parameters.udp() : Parameters.tcp();
    }

    /** Whether {@code received} is a peer's question for it. */
    public boolean isAskedFor(Received received) {
      return received.content().equals(question());
    }
  }

  /** Over {@code network}; a peer that says nothing for {@code patience} is given up. */
  public SideConnection(Network network, Duration patience, Kind kind) {
    this.network = network;
    this.patience = patience;
    this.kind = kind;
  }

  /**
   * Answers the peer of {@code reliable}. The port takes nobody else, and nobody at all once the
   * peer has come.
   */
  public CompletableFuture<Connection> answer(Connection reliable, Executor queue) {
    InetAddress expected = addressOfPeer(reliable);
    PreSharedKey key = PreSharedKey.random(IDENTITY);
    CompletableFuture<Connection> come = new CompletableFuture<>();
    // docs: beside
    Listener listener =
        network.listener(parameters(key).localAddress(addressHere(reliable)).build());
    listener.start(
        (from, connection) -> {
          if (isFrom(expected, connection)) {
            connection.start().ready().thenAccept(c -> take(c, come)); // who has not the key fails
          } else {
            connection.forceCancel();
          }
        },
        queue);
    come.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete((connection, failure) -> listener.cancel());
    // docs: end
    listener
        .ready()
        .thenCompose(ready -> reliable.send(answer(ready.port().orElseThrow(), key)))
        .exceptionally(
            failure -> {
              come.completeExceptionally(failure);
              return null;
            });
    return come;
  }

  /** Asks the peer of {@code reliable}, whose next message is taken for the answer. */
  public CompletionStage<Connection> ask(Connection reliable) {
    return reliable
        .send(kind.question())
        .thenCompose(sent -> reliable.receiveMessage())
        .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
        .thenCompose(
            answer -> {
              ByteBuffer bytes = answer.content().asByteBuffer();
              if (bytes.remaining() <= Short.BYTES) {
                throw new IllegalStateException("no answer but " + answer);
              }
              // docs: beside
              int port = Short.toUnsignedInt(bytes.getShort());
              Endpoint there = Endpoint.of(new InetSocketAddress(addressOfPeer(reliable), port));
              // docs: end
              byte[] key = new byte[bytes.remaining()];
              bytes.get(key);
              Parameters protectedBy = parameters(PreSharedKey.of(IDENTITY, key)).build();
              return network.connection(there, protectedBy).start().ready();
            });
  }

  private static Payload answer(int port, PreSharedKey key) {
    return key.use(
        bytes ->
            Payload.wrap(
                ByteBuffer.allocate(Short.BYTES + bytes.length)
                    .putShort((short) port)
                    .put(bytes)
                    .array()));
  }

  private Parameters.Builder parameters(PreSharedKey key) {
    return kind.parameters().establishmentTimeout(patience).security(Security.psk(key));
  }

  private static InetAddress addressOfPeer(Connection connection) {
    return connection.currentPath().orElseThrow().remoteEndpoint().orElseThrow().getAddress();
  }

  private static void take(Connection connection, CompletableFuture<Connection> come) {
    if (!come.complete(connection)) {
      connection.cancel(); // too late, or the second
    }
  }

  /** Whether a connection that has arrived, and is not started, comes from {@code address}. */
  private static boolean isFrom(InetAddress address, Connection connection) {
    return connection.endpoint() instanceof Endpoint.HostPort from
        && withoutScope(from.host()).equals(withoutScope(address.getHostAddress()));
  }

  private static String withoutScope(String host) {
    return host.replaceFirst("%.*", "");
  }

  private static InetAddress addressHere(Connection connection) {
    return connection.currentPath().orElseThrow().localEndpoint().orElseThrow().getAddress();
  }
}
