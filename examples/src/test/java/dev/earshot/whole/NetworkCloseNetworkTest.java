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
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Closing a network in the middle of everything leaves nothing behind. */
@Tag("network")
class NetworkCloseNetworkTest {
  private static final ServiceType TYPE = ServiceType.tcp("closing");
  private static final int ROUNDS = 10;
  private static final int TOGETHER = 2;

  @Test
  void closingANetworkInTheMiddleOfEverythingLeavesNothing() throws Exception {
    Complaints complaints = Complaints.listen();
    try {
      closeInTheMiddle(); // the Java runtime keeps a socket of its own from the first on
      long sockets = ProcessFacts.sockets();
      for (int round = 0; round < ROUNDS; round++) {
        closeInTheMiddle();
        Eventually.holds(
            () -> "sockets before: " + sockets + ", now: " + ProcessFacts.sockets(),
            () -> ProcessFacts.sockets() <= sockets);
        System.gc(); // a leaked buffer is reported when it is collected
      }
    } finally {
      complaints.stop();
    }
    assertThat(complaints.all())
        .doesNotContain("LEAK")
        .doesNotContain("SEVERE")
        .doesNotContain("Exception in thread");
  }

  private static void closeInTheMiddle() throws Exception {
    var threads = ProcessFacts.threads();
    var files = ProcessFacts.temporaryFiles();
    ExecutorService queue = Executors.newSingleThreadExecutor();
    ExecutorService closing = Executors.newFixedThreadPool(TOGETHER);
    Map<String, CompletableFuture<?>> outstanding = new LinkedHashMap<>();
    try (Silence silence = new Silence();
        Pauses pauses = Pauses.measure()) {
      List<Scene> scenes = new ArrayList<>();
      for (int i = 0; i < TOGETHER; i++) {
        Scene scene = new Scene(Network.open(), queue, outstanding);
        scene.set(silence);
        scenes.add(scene);
      }
      scenes.stream()
          .map(scene -> CompletableFuture.supplyAsync(() -> scene.close(pauses), closing))
          .toList()
          .forEach(
              took ->
                  assertThat(Eventually.get(took))
                      .as("until it was closed, less the computer's pauses; %s", pauses)
                      .isLessThan(Duration.ofSeconds(1)));
      outstanding.forEach((what, each) -> Eventually.holds(what + " completes", each::isDone));
    } finally {
      queue.shutdown();
      closing.shutdown();
    }
    Eventually.holds(
        () -> "threads before: " + threads + ", now: " + ProcessFacts.threads(),
        () -> threads.containsAll(ProcessFacts.threads()));
    Eventually.holds( // those of other processes come and go
        () -> "files before: " + files + ", now: " + ProcessFacts.temporaryFiles(),
        () -> files.containsAll(ProcessFacts.temporaryFiles()));
  }

  /** Handles of one network in every state. */
  private static final class Scene {
    private final Network network;
    private final ExecutorService queue;
    private final Map<String, CompletableFuture<?>> outstanding;
    private final NetworkLink loopback;
    private final Security security = Security.psk(PreSharedKey.random("scene"));

    /** Kept here, since a network does not keep what holds nothing. */
    private Connection unStarted;

    Scene(Network network, ExecutorService queue, Map<String, CompletableFuture<?>> outstanding) {
      this.network = network;
      this.queue = queue;
      this.outstanding = outstanding;
      this.loopback = Loopback.link(network);
    }

    /** Closes the network; returns how long that took for which {@code pauses} are no reason. */
    Duration close(Pauses pauses) {
      long began = System.nanoTime();
      network.close();
      return pauses.unexplained(began, System.nanoTime());
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
      unStarted = network.connection(at(silence.port()), plain);
      await("un-started", unStarted.ready());
      await("un-started", unStarted.receiveMessage());
      await("un-started", unStarted.send(Payload.wrap(new byte[2 << 20])));
    }

    private void await(String what, CompletableFuture<?> future) {
      outstanding.put(outstanding.size() + ": " + what, future);
    }

    private Connection start(Connection connection) {
      await("ready of " + connection, connection.start(new Connection.Handler() {}, queue).ready());
      await("read of " + connection, connection.receiveMessage());
      await("read of " + connection, connection.receive(10, 20));
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
      await("ready of listener", listener.ready());
      int port = listener.port().orElseThrow();
      Connection talking = start(network.connection(at(port), parameters));
      Eventually.holds("it arrives", () -> !arrived.isEmpty());
      Connection answering = start(arrived.remove());
      Eventually.get(talking.ready());
      Eventually.get(answering.ready());
      for (int i = 0; i < 12; i++) {
        await("send", talking.send(Payload.wrap(new byte[1 << 20])));
      }
      start(network.connection(at(port), parameters)); // arrives, and is not started
      Eventually.holds("another arrives", () -> !arrived.isEmpty());
      await("ready of arrival", arrived.peek().ready());
    }

    private void browsing() {
      Parameters parameters = Parameters.webSocket().requireLink(loopback).build();
      Listener advertising = network.listener(parameters).advertise(Service.of("scene", TYPE));
      advertising.start((on, connection) -> connection.cancel(), queue);
      await("ready of advertiser", advertising.ready());
      Browser browser = network.browser(TYPE, parameters).includeTxtRecords();
      browser.start((of, results, changes) -> {}, queue);
      start(network.connection(Endpoint.bonjour("not there", TYPE), parameters));
    }

    private void sessions() {
      Session one = session("one");
      Session other = session("other");
      await("ready of session", one.ready());
      Eventually.get(one.ready());
      Eventually.get(other.ready());
      Eventually.get(one.connect(at(other.port().orElseThrow())));
      await("send of session", one.sendToAll(Payload.wrap(new byte[1 << 20])));
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
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final PrintStream copy = new PrintStream(text, true, StandardCharsets.UTF_8);
    private final PrintStream errors = System.err;

    static Complaints listen() {
      Complaints made = new Complaints();
      Logger.getLogger("").addHandler(made);
      System.setErr(made.copy);
      return made;
    }

    void stop() {
      System.setErr(errors);
      Logger.getLogger("").removeHandler(this);
    }

    String all() {
      return text.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void publish(LogRecord entry) {
      copy.println(entry.getLevel() + " " + entry.getLoggerName() + " " + entry.getMessage());
      if (entry.getThrown() != null) {
        entry.getThrown().printStackTrace(copy);
      }
    }

    @Override
    public void flush() {
      copy.flush();
    }

    @Override
    public void close() {
      stop();
    }
  }
}
