package dev.earshot.benchmarks.peers;

import dev.earshot.benchmarks.Contestant;
import dev.earshot.benchmarks.Link;
import dev.earshot.benchmarks.Messages;
import dev.earshot.benchmarks.Tally;
import dev.earshot.benchmarks.Workload;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.zeromq.SocketType;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/**
 * JeroMQ with its default high water marks: PUSH to PULL for messages one way, with a second pair
 * of sockets for the answers; DEALER to ROUTER for echoes. Several producers share a connection
 * through {@code inproc} and a proxy, because its sockets are not for several threads.
 */
public final class JeroMq implements Contestant {
  private static final String ANY_PORT = "tcp://127.0.0.1:*";

  /** Its handshake hangs now and then, and would be repeated only after half a minute. */
  private static final int HANDSHAKE_MILLIS = 100;

  private final ZMQ.Context context = ZMQ.context(1);
  private final AtomicInteger proxies = new AtomicInteger();

  @Override
  public Server serve(Workload workload) {
    return workload.oneWay() ? servePull(workload) : serveRouter();
  }

  private Server servePull(Workload workload) {
    ZMQ.Socket data = bound(SocketType.PULL);
    ZMQ.Socket answers = bound(SocketType.PUSH);
    Tally tally = new Tally(workload);
    Runnable step =
        () -> {
          byte[] message = data.recv();
          if (message[0] == Messages.DATA) {
            tally.data(message.length);
          } else {
            answers.send(tally.answer());
          }
        };
    String contact = data.getLastEndpoint() + " " + answers.getLastEndpoint();
    start("jeromq-server", () -> repeat(step), data, answers);
    return new ThreadServer(contact);
  }

  private Server serveRouter() {
    ZMQ.Socket router = bound(SocketType.ROUTER);
    Runnable step =
        () -> {
          byte[] from = router.recv();
          byte[] message = router.recv();
          router.sendMore(from);
          router.send(message);
        };
    String contact = router.getLastEndpoint();
    start("jeromq-server", () -> repeat(step), router);
    return new ThreadServer(contact);
  }

  private static void repeat(Runnable step) {
    while (true) {
      step.run();
    }
  }

  private ZMQ.Socket bound(SocketType type) {
    ZMQ.Socket socket = socket(type);
    socket.bind(ANY_PORT);
    return socket;
  }

  private ZMQ.Socket connected(SocketType type, String contact) {
    ZMQ.Socket socket = socket(type);
    socket.setHandshakeIvl(HANDSHAKE_MILLIS);
    socket.connect(contact);
    return socket;
  }

  private ZMQ.Socket socket(SocketType type) {
    ZMQ.Socket socket = context.socket(type);
    socket.setLinger(0);
    return socket;
  }

  @Override
  public Link connect(String contact, Workload workload) {
    String[] contacts = contact.split(" ");
    if (!workload.oneWay()) {
      ZMQ.Socket dealer = connected(SocketType.DEALER, contacts[0]);
      return new SocketLink(dealer, dealer, null);
    }
    ZMQ.Socket answers = connected(SocketType.PULL, contacts[1]);
    ZMQ.Socket push = connected(SocketType.PUSH, contacts[0]);
    return new SocketLink(push, answers, workload.producers() == 1 ? null : shared(push));
  }

  /** Starts a proxy into the socket and says where to connect to it. */
  private String shared(ZMQ.Socket push) {
    String inside = "inproc://producers-" + proxies.incrementAndGet();
    ZMQ.Socket pull = socket(SocketType.PULL);
    pull.bind(inside);
    start("jeromq-proxy", () -> ZMQ.proxy(pull, push, null), pull, push);
    return inside;
  }

  /** Gives sockets to a thread that works with them until the context ends. */
  private static void start(String name, Runnable work, ZMQ.Socket... sockets) {
    Thread thread = new Thread(() -> runThenClose(work, sockets), name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void runThenClose(Runnable work, ZMQ.Socket... sockets) {
    try {
      work.run();
    } catch (ZMQException ended) {
      if (ended.getErrorCode() != ZMQ.Error.ETERM.getCode()) {
        throw ended;
      }
    } finally {
      List.of(sockets).forEach(ZMQ.Socket::close);
    }
  }

  /** Ends the threads, which end their sockets. */
  @Override
  public void close() {
    context.term();
  }

  /** A server that ends with the context. */
  private record ThreadServer(String contact) implements Server {
    @Override
    public void close() {}
  }

  private final class SocketLink implements Link {
    private final ZMQ.Socket out;
    private final ZMQ.Socket in;

    /** Where producers connect to when there are several; null when the only one sends itself. */
    private final String inside;

    private final List<ZMQ.Socket> producers = new CopyOnWriteArrayList<>();

    SocketLink(ZMQ.Socket out, ZMQ.Socket in, String inside) {
      this.out = out;
      this.in = in;
      this.inside = inside;
    }

    @Override
    public Sender sender() {
      if (inside == null) {
        return out::send;
      }
      ZMQ.Socket producer = connected(SocketType.PUSH, inside);
      producers.add(producer);
      return producer::send;
    }

    @Override
    public byte[] receive(Duration patience) {
      in.setReceiveTimeOut((int) patience.toMillis());
      return in.recv();
    }

    @Override
    public void close() {
      producers.forEach(ZMQ.Socket::close);
      in.close();
      if (inside == null && out != in) {
        out.close();
      }
    }
  }
}
