package dev.earshot.benchmarks.peers;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.Framer;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.QuicOptions;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Mailbox;
import dev.earshot.benchmarks.Tally;
import dev.earshot.benchmarks.Workload;
import dev.earshot.security.tls.Identities;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Earshot through its public API, all parameters at their defaults: {@code trySend} and, while
 * there is none, {@code room}; {@code messages()}, or where there are none {@code bytes()}, without
 * a limit of demand. The queue runs tasks in the calling thread, as the handlers of the other
 * contestants do.
 */
public final class Earshot implements Contestant {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Executor IN_PLACE = Runnable::run;
  private static final String PROTOCOL = "benchmark";
  private static final int LARGE_PACKETS = 9_000;

  /** Of all connections over QUIC: they have to outlast the rounds of the others. */
  static final Duration IDLE = Duration.ofMinutes(10);

  private static final long SECONDS = 10;

  private final Network network = Network.open();
  private final Parameters parameters;

  private Earshot(Parameters.Builder parameters) {
    this.parameters = parameters.build();
  }

  /** Messages over plain WebSocket. */
  public static Earshot webSocket() {
    return new Earshot(Parameters.webSocket());
  }

  /** Messages over WebSocket, protected by TLS with a pre-shared key. */
  public static Earshot webSocketWithKey() {
    return new Earshot(Parameters.webSocket().security(key()));
  }

  /** A stream of bytes over plain TCP; for {@code bulk} and {@code file}. */
  public static Earshot tcp() {
    return new Earshot(Parameters.tcp());
  }

  /** Messages over plain TCP, preceded by their length. */
  public static Earshot framedTcp() {
    return new Earshot(Parameters.tcp().framer(Framer.lengthPrefixed(4)));
  }

  /** A stream of bytes, protected by TLS with a pre-shared key; for {@code bulk}. */
  public static Earshot tcpWithKey() {
    return new Earshot(Parameters.tcp().security(key()));
  }

  /** Datagrams; for {@code udp} and {@code udprtt}. */
  public static Earshot udp() {
    return new Earshot(Parameters.udp());
  }

  /** The same, protected by DTLS with a pre-shared key. */
  public static Earshot udpWithKey() {
    return new Earshot(Parameters.udp().security(key()));
  }

  /** A stream of bytes over QUIC; for {@code bulk}. */
  public static Earshot quic() {
    return new Earshot(Parameters.quic(quicOptions().build()).security(certificates()));
  }

  /** The same with packets that the loopback carries, and most networks do not. */
  public static Earshot largeQuic() {
    QuicOptions large = quicOptions().maximumUdpPayload(LARGE_PACKETS).build();
    return new Earshot(Parameters.quic(large).security(certificates()));
  }

  private static QuicOptions.Builder quicOptions() {
    return QuicOptions.builder(PROTOCOL).idleTimeout(IDLE);
  }

  private static Security key() {
    return Security.psk(PreSharedKey.of("benchmark", new byte[32]));
  }

  /** Own certificates on both sides, which nobody knows beforehand. */
  private static Security certificates() {
    return Security.pki(
        Identities.mint("benchmark"),
        TrustEvaluator.callback(anybody -> CompletableFuture.completedFuture(true), IN_PLACE));
  }

  @Override
  public Server serve(Workload workload) throws Exception {
    Parameters local = parameters.toBuilder().localAddress(LOOPBACK).build();
    Listener listener = network.listener(local);
    listener.start(new Accepting(workload), IN_PLACE);
    finished(listener.ready());
    return new ListenerServer(listener);
  }

  private void answer(Connection connection, Workload workload) {
    connection.start(new Connection.Handler() {}, IN_PLACE);
    if (parameters.isMessageBased()) {
      connection.messages().subscribe(EarshotInbox.counting(workload, connection));
    } else {
      connection.bytes().subscribe(new LentChunks(workload, connection));
    }
  }

  /** What has no messages is cut into some. */
  private EarshotInbox reading(EarshotInbox inbox, int length) {
    return parameters.isMessageBased() ? inbox : inbox.cutting(length);
  }

  @Override
  public Link connect(String contact, Workload workload) throws Exception {
    Endpoint server = Endpoint.hostPort(LOOPBACK.getHostAddress(), Integer.parseInt(contact));
    Connection connection = network.connection(server, parameters);
    connection.start(new Connection.Handler() {}, IN_PLACE);
    Mailbox mailbox = new Mailbox();
    EarshotInbox inbox = EarshotInbox.into(mailbox);
    connection.messages().subscribe(reading(inbox, Tally.ANSWER));
    finished(connection.ready());
    return new ConnectionLink(connection, mailbox);
  }

  /** What comes of {@code future} in a reasonable time. */
  static <T> T finished(CompletableFuture<T> future) throws Exception {
    return future.get(SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    network.close();
  }

  private final class Accepting implements Listener.Handler {
    private final Workload workload;

    Accepting(Workload workload) {
      this.workload = workload;
    }

    @Override
    public void newConnection(Listener listener, Connection connection) {
      answer(connection, workload);
    }

    @Override
    public void newConnectionGroup(Listener listener, ConnectionGroup group) {
      group.start(
          new ConnectionGroup.Handler() {
            @Override
            public void newStream(ConnectionGroup ignored, Connection stream) {
              answer(stream, workload);
            }
          },
          IN_PLACE);
    }
  }

  /** A listener that has started. */
  record ListenerServer(Listener listener) implements Server {
    @Override
    public String contact() {
      return Integer.toString(listener.port().orElseThrow());
    }

    @Override
    public void close() {
      listener.cancel().join();
    }
  }

  /** A connection that is ready, for the application's thread. */
  record ConnectionLink(Connection connection, Mailbox mailbox) implements Link {
    @Override
    public Sender sender() {
      return message -> {
        Payload payload = Payload.wrap(message);
        while (!connection.trySend(payload)) {
          connection.room().get();
        }
      };
    }

    @Override
    public FileSender fileSender(FileChannel file) {
      return new PiecesUnderWay(connection, file);
    }

    @Override
    public byte[] receive(Duration patience) {
      return mailbox.poll(patience);
    }

    @Override
    public void close() {
      connection.cancel().join();
    }
  }

  /** Pieces of a file by {@code sendFile}, as many at once as the others have under way. */
  private static final class PiecesUnderWay implements Link.FileSender {
    private static final int MOST_BYTES = 1 << 20;

    private final Connection connection;
    private final FileChannel file;
    private final ArrayDeque<CompletableFuture<Void>> underWay = new ArrayDeque<>();

    PiecesUnderWay(Connection connection, FileChannel file) {
      this.connection = connection;
      this.file = file;
    }

    @Override
    public void send(long position, int length) throws Exception {
      int most = Math.max(2, MOST_BYTES / length);
      if (underWay.size() >= most) {
        awaitAllBut(most / 2);
      }
      underWay.add(connection.sendFile(file, position, length));
    }

    /** They are done in their order. */
    private void awaitAllBut(int count) throws Exception {
      CompletableFuture<Void> last = null;
      while (underWay.size() > count) {
        last = underWay.remove();
      }
      if (last != null) {
        last.get();
      }
    }
  }
}
