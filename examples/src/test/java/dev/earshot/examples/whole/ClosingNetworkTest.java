package dev.earshot.examples.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Browser;
import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.LinkType;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.Service;
import dev.earshot.ServiceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is left of a network that was closed, with the providers that users run: nothing. */
@Tag("network")
@Timeout(120)
class ClosingNetworkTest {
  private static final Duration MUCH = Duration.ofSeconds(20);
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private final ExecutorService queue = Executors.newSingleThreadExecutor();

  @Test
  void theCloseTakesASecondAndLeavesNoThreadAndNoSocket() throws Exception {
    useAndClose(); // what is made once for the whole process is made here
    Set<Thread> threads = threads();
    long sockets = sockets();
    for (int round = 0; round < 3; round++) {
      Duration took = useAndClose();
      // One second is promised; a busy machine is given one more.
      assertThat(took).isLessThan(Duration.ofSeconds(2));
      await(() -> threads.containsAll(threads()), "threads that stay");
      await(() -> sockets() <= sockets, "sockets that stay");
    }
    queue.shutdown();
  }

  private Duration useAndClose() throws Exception {
    ServiceType type =
        ServiceType.tcp("es-close-" + Long.toString(ProcessHandle.current().pid(), 36));
    Network network = Network.open();
    Parameters parameters =
        Parameters.webSocket()
            .security(Security.psk(PreSharedKey.random("den")))
            .requireLink(loopback(network))
            .build();
    CompletableFuture<Endpoint> found = new CompletableFuture<>();
    Browser browser = network.browser(type, parameters);
    browser.start(
        (same, results, changes) -> results.forEach(one -> found.complete(one.endpoint())), queue);
    Listener listener = network.listener(parameters).advertise(Service.of("Den", type));
    listener.start((same, connection) -> greet(connection), queue);
    Endpoint den = found.get(MUCH.toSeconds(), TimeUnit.SECONDS);
    Connection connection = network.connection(den, parameters).start();
    assertThat(connection.receiveMessage().get(MUCH.toSeconds(), TimeUnit.SECONDS).content())
        .isEqualTo(Payload.utf8("hello"));
    long begin = System.nanoTime();
    network.close();
    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    assertThat(connection.state()).isEqualTo(new Connection.State.Cancelled());
    assertThat(listener.state()).isEqualTo(new Listener.State.Cancelled());
    assertThat(browser.state()).isEqualTo(new Browser.State.Cancelled());
    return took;
  }

  private static void greet(Connection connection) {
    connection.start().send(Payload.utf8("hello"));
  }

  private static NetworkLink loopback(Network network) {
    return network.links().stream()
        .filter(link -> link.type() == LinkType.LOOPBACK)
        .findFirst()
        .orElseThrow();
  }

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .filter(thread -> !thread.getName().startsWith("pool-")) // the test's own queue
        .collect(Collectors.toSet());
  }

  /** The sockets that this process has open; none where the system does not tell. */
  private static long sockets() {
    if (!Files.isDirectory(DESCRIPTORS)) {
      return 0;
    }
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return all.filter(ClosingNetworkTest::isSocket).count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // closed since it was listed
    }
  }

  private static void await(BooleanSupplier condition, String otherwise) {
    long end = System.nanoTime() + MUCH.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as(() -> otherwise + " " + List.copyOf(threads()))
          .isLessThan(end);
      Thread.onSpinWait();
    }
  }
}
