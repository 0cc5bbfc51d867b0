package dev.earshot.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ConnectionGroup;
import dev.earshot.Endpoint;
import dev.earshot.Identity;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkPath;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.QuicOptions;
import dev.earshot.Received;
import dev.earshot.Security;
import dev.earshot.SendOptions;
import dev.earshot.TrustEvaluator;
import dev.earshot.security.tls.Identities;
import dev.earshot.spi.Transport;
import dev.earshot.spi.TransportProvider;
import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Two sides that know each other's certificate, one of which listens; ended when closed. */
final class QuicPair implements AutoCloseable {
  static final Identity DEN = Identities.mint("den");
  static final Identity LAB = Identities.mint("lab");
  static final String ALPN = "earshot-test/1";

  private final Network network;
  private final Side listening = new Side();
  private final BlockingQueue<ConnectionGroup> arrivals = new LinkedBlockingQueue<>();
  private int port;

  /** What is told to one side's group. */
  static final class Side implements ConnectionGroup.Handler {
    final BlockingQueue<Connection> streams = new LinkedBlockingQueue<>();
    final List<Connection.State> states = new CopyOnWriteArrayList<>();
    final List<NetworkPath> paths = new CopyOnWriteArrayList<>();

    @Override
    public void stateUpdated(ConnectionGroup group, Connection.State state) {
      states.add(state);
    }

    @Override
    public void pathUpdated(ConnectionGroup group, NetworkPath path) {
      paths.add(path);
    }

    @Override
    public void newStream(ConnectionGroup group, Connection stream) {
      streams.add(stream);
    }

    /** The next stream that the other side opens, started. */
    Connection next() {
      return poll(streams).start();
    }

    /** Sends back what comes by every stream, with its end. */
    void echo() {
      CompletableFuture.runAsync(
          () -> {
            while (true) {
              QuicPair.echo(poll(streams).start());
            }
          },
          task -> {
            Thread thread = new Thread(task, "echo");
            thread.setDaemon(true);
            thread.start();
          });
    }
  }

  QuicPair(String natives) {
    LeakWatch.begin();
    network = Network.builder().transport(new Over(natives)).open();
  }

  /** Netty over what is called so. */
  record Over(String natives) implements TransportProvider {
    @Override
    public String name() {
      return natives;
    }

    @Override
    public Transport open(Executor workers) {
      return new NettyTransport(NativeTransports.named(natives), workers, ByteBufAllocator.DEFAULT);
    }
  }

  Network network() {
    return network;
  }

  /** What is told to the groups that come in. */
  Side listening() {
    return listening;
  }

  static Parameters parameters(Identity own, Identity other, QuicOptions options) {
    return Parameters.quic(options)
        .security(Security.pki(own, TrustEvaluator.pinned(other.fingerprint())))
        .localAddress(InetAddress.getLoopbackAddress())
        .build();
  }

  static QuicOptions.Builder options() {
    return QuicOptions.builder(ALPN);
  }

  /** Listens, and starts whoever comes. */
  int listen(Parameters parameters) {
    Listener listener = network.listener(parameters);
    listener.start(
        new Listener.Handler() {
          @Override
          public void newConnection(Listener from, Connection connection) {
            throw new AssertionError("a connection by itself");
          }

          @Override
          public void newConnectionGroup(Listener from, ConnectionGroup group) {
            group.start(listening, Runnable::run);
            arrivals.add(group);
          }
        },
        Runnable::run);
    port = End.await(listener.ready()).port().orElseThrow();
    return port;
  }

  /** Listens with {@code options}, and brings about a group with {@code handler}. */
  ConnectionGroup connect(QuicOptions options, ConnectionGroup.Handler handler) {
    listen(parameters(DEN, LAB, options));
    return End.await(dial(parameters(LAB, DEN, options), handler).ready());
  }

  ConnectionGroup dial(Parameters parameters, ConnectionGroup.Handler handler) {
    return dial(port, parameters, handler);
  }

  ConnectionGroup dial(int port, Parameters parameters, ConnectionGroup.Handler handler) {
    return network
        .connectionGroup(Endpoint.hostPort("127.0.0.1", port), parameters)
        .start(handler, Runnable::run);
  }

  /** The listening side's end of the group that came next. */
  ConnectionGroup arrival() {
    return poll(arrivals);
  }

  static <T> T poll(BlockingQueue<T> queue) {
    try {
      @Nullable T next = queue.poll(End.PATIENCE_SECONDS, TimeUnit.SECONDS);
      assertThat(next).as("came in time").isNotNull();
      return next;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Sends back what comes, with its end. */
  static void echo(Connection stream) {
    stream
        .receive(1, 64 << 10)
        .whenComplete(
            (received, failure) -> {
              if (failure != null) {
                return;
              }
              CompletableFuture<Void> sent =
                  received.endOfStream()
                      ? stream.send(received.content(), SendOptions.FINAL)
                      : stream.send(received.content());
              if (!received.endOfStream()) {
                sent.thenRun(() -> echo(stream));
              }
            });
  }

  /** All that comes until the end. */
  static Payload readAll(Connection stream) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      Received next = End.await(stream.receive(1, 64 << 10));
      all.writeBytes(next.content().toByteArray());
      if (next.endOfStream()) {
        return Payload.wrap(all.toByteArray());
      }
    }
  }

  @Override
  public void close() {
    network.close();
    LeakWatch.assertNothingReported();
  }
}
