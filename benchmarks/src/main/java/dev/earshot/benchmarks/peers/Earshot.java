package dev.earshot.benchmarks.peers;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Framer;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Mailbox;
import dev.earshot.benchmarks.Tally;
import dev.earshot.benchmarks.Workload;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Earshot through its public API, all parameters at their defaults: {@code trySend} and, while
 * there is no room, {@code send}; {@code messages()} without a limit of demand. The queue runs
 * tasks in the calling thread, as the handlers of the other contestants do.
 */
public final class Earshot implements Contestant {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Executor IN_PLACE = Runnable::run;
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

  /** A stream of bytes over plain TCP; for {@code bulk}. */
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

  private static Security key() {
    return Security.psk(PreSharedKey.of("benchmark", new byte[32]));
  }

  @Override
  public Server serve(Workload workload) throws Exception {
    Parameters local = parameters.toBuilder().localAddress(LOOPBACK).build();
    Listener listener = network.listener(local);
    listener.start((ignored, connection) -> answer(connection, workload), IN_PLACE);
    finished(listener.ready());
    return new ListenerServer(listener);
  }

  private void answer(Connection connection, Workload workload) {
    EarshotInbox inbox = EarshotInbox.counting(workload, connection);
    connection.start(new Connection.Handler() {}, IN_PLACE);
    connection.messages().subscribe(reading(inbox, workload.size()));
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
    finished(connection.ready());
    Mailbox mailbox = new Mailbox();
    EarshotInbox inbox = EarshotInbox.into(mailbox);
    connection.messages().subscribe(reading(inbox, Tally.ANSWER));
    return new ConnectionLink(connection, mailbox);
  }

  private static <T> T finished(CompletableFuture<T> future) throws Exception {
    return future.get(SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    network.close();
  }

  private record ListenerServer(Listener listener) implements Server {
    @Override
    public String contact() {
      return Integer.toString(listener.port().orElseThrow());
    }

    @Override
    public void close() {
      listener.cancel().join();
    }
  }

  private record ConnectionLink(Connection connection, Mailbox mailbox) implements Link {
    @Override
    public Sender sender() {
      return message -> {
        Payload payload = Payload.wrap(message);
        if (!connection.trySend(payload)) {
          connection.send(payload).get();
        }
      };
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
}
