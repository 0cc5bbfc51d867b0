package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Browser;
import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import dev.earshot.session.Peer;
import dev.earshot.session.Session;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Closing a network in the middle of everything leaves nothing behind. */
@Tag("network")
class NetworkCloseNetworkTest {
  private static final ServiceType TYPE = ServiceType.parse("_closing._tcp");
  private static final int ROUNDS = 20;

  @Test
  void closingANetworkInTheMiddleOfEverythingLeavesNothing() throws Exception {
    Complaints complaints = Complaints.listen();
    Session.builder(Network.open(), Peer.named("warm-up")); // loads what is loaded once
    for (int round = 0; round < ROUNDS; round++) {
      closeInTheMiddle();
      System.gc(); // a leaked buffer is reported when it is collected
    }
    complaints.requireNone();
  }

  private static void closeInTheMiddle() throws Exception {
    long sockets = ProcessFacts.sockets();
    var threads = ProcessFacts.threads();
    var files = ProcessFacts.temporaryFiles();
    ExecutorService queue = Executors.newSingleThreadExecutor();
    List<CompletableFuture<?>> outstanding = new ArrayList<>();
    try (Silence silence = new Silence()) {
      Scene scene = new Scene(Network.open(), queue, outstanding);
      scene.set(silence);
      long began = System.nanoTime();
      scene.network.close();
      long took = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      assertThat(took).as("milliseconds until it was closed").isLessThan(1_500);
      for (CompletableFuture<?> each : outstanding) {
        Eventually.holds(() -> outstanding.indexOf(each) + " completes", each::isDone);
      }
    } finally {
      queue.shutdown();
    }
    Eventually.holds(
        () -> "threads before: " + threads + ", now: " + ProcessFacts.threads(),
        () -> threads.containsAll(ProcessFacts.threads()));
    Eventually.holds(
        () -> "sockets before: " + sockets + ", now: " + ProcessFacts.sockets(),
        () -> ProcessFacts.sockets() <= sockets);
    assertThat(files).containsAll(ProcessFacts.temporaryFiles());
  }

  /** Handles of one network in every state. */
  private static final class Scene {
    private final Network network;
    private final ExecutorService queue;
    private final List<CompletableFuture<?>> outstanding;
    private final NetworkLink loopback;
    private final Security security = Security.psk(PreSharedKey.random("scene"));

    Scene(Network network, ExecutorService queue, List<CompletableFuture<?>> outstanding) {
      this.network = network;
      this.queue = queue;
      this.outstanding = outstanding;
      this.loopback = Loopback.link(network);
    }

    void set(Silence silence) throws Exception {
      sessions();
      browsing();
      plainAndSecured(Parameters.webSocket().requireLink(loopback));
      plainAndSecured(Parameters.webSocket().security(security).requireLink(loopback));
      plainAndSecured(Parameters.tcp().requireLink(loopback));
      Parameters plain = Parameters.webSocket().requireLink(loopback).build();
      start(network.connection(at(silence.port()), plain)); // shaking hands with a silent peer
      start(network.connection(at(silence.port()), plain.toBuilder().security(security).build()));
      start(network.connection(Endpoint.hostPort("nobody.invalid", 9), plain));
      Connection waiting = start(network.connection(at(closedPort()), plain));
      Eventually.holds("it waits", () -> waiting.state() instanceof Connection.State.Waiting);
      Connection unStarted = network.connection(at(silence.port()), plain);
      outstanding.add(unStarted.ready());
      outstanding.add(unStarted.receiveMessage());
      outstanding.add(unStarted.send(Payload.wrap(new byte[2 << 20])));
    }

    private Connection start(Connection connection) {
      outstanding.add(connection.start(new Connection.Handler() {}, queue).ready());
      outstanding.add(connection.receiveMessage());
      outstanding.add(connection.receive(10, 20));
      return connection;
    }

    private static Endpoint at(int port) {
      return Endpoint.hostPort("127.0.0.1", port);
    }

    private static int closedPort() throws IOException {
      try (Silence brief = new Silence()) {
        return brief.port();
      }
    }

    /** Ready connections with reads and sends outstanding, and one that nobody starts. */
    private void plainAndSecured(Parameters.Builder how) {
      Parameters parameters = how.build();
      ConcurrentLinkedQueue<Connection> arrived = new ConcurrentLinkedQueue<>();
      Listener listener = network.listener(parameters);
      listener.start((on, connection) -> arrived.add(connection), queue);
      Eventually.get(listener.ready());
      outstanding.add(listener.ready());
      int port = listener.port().orElseThrow();
      Connection talking = start(network.connection(at(port), parameters));
      Eventually.holds("it arrives", () -> !arrived.isEmpty());
      Connection answering = start(arrived.remove());
      Eventually.get(talking.ready());
      Eventually.get(answering.ready());
      for (int i = 0; i < 12; i++) {
        outstanding.add(talking.send(Payload.wrap(new byte[1 << 20])));
      }
      start(network.connection(at(port), parameters)); // arrives, and is not started
      Eventually.holds("another arrives", () -> !arrived.isEmpty());
      outstanding.add(arrived.peek().ready());
    }

    private void browsing() {
      Parameters parameters = Parameters.webSocket().requireLink(loopback).build();
      Listener advertising = network.listener(parameters).advertise(Service.of("scene", TYPE));
      advertising.start((on, connection) -> connection.cancel(), queue);
      outstanding.add(advertising.ready());
      Browser browser = network.browser(TYPE, parameters).includeTxtRecords();
      browser.start((of, results, changes) -> {}, queue);
      start(network.connection(new Endpoint.Bonjour("not there", TYPE, "local."), parameters));
    }

    private void sessions() {
      Session one = session("one");
      Session other = session("other");
      outstanding.add(one.ready());
      Eventually.get(one.ready());
      Eventually.get(other.ready());
      Eventually.get(one.connect(at(other.port().orElseThrow())));
      outstanding.add(one.sendToAll(Payload.wrap(new byte[1 << 20])));
    }

    private Session session(String name) {
      return Session.builder(network, Peer.named(name))
          .security(security)
          .link(loopback)
          .withoutDiscovery()
          .build()
          .start(new Session.Handler() {}, queue);
    }
  }

  /** What the library, and Netty's detector of leaks, complain of. */
  private static final class Complaints extends Handler {
    private final ConcurrentLinkedQueue<String> lines = new ConcurrentLinkedQueue<>();

    static Complaints listen() {
      Complaints made = new Complaints();
      Logger.getLogger("").addHandler(made);
      return made;
    }

    @Override
    public void publish(LogRecord entry) {
      lines.add(entry.getLoggerName() + " " + entry.getLevel() + " " + entry.getMessage());
    }

    void requireNone() {
      Logger.getLogger("").removeHandler(this);
      assertThat(lines).noneMatch(line -> line.contains("LEAK") || line.contains("SEVERE"));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
