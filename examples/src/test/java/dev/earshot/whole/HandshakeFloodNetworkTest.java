package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.security.tls.Identities;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Many who begin a handshake and say no more, from many addresses: they are bounded, others are
 * served, and when their time is over everything is free again.
 */
@Tag("network")
@Tag("once")
class HandshakeFloodNetworkTest {
  private static final int IN_ALL = 64;
  private static final int FROM_ONE_ADDRESS = 8;
  private static final Duration DEADLINE = Duration.ofSeconds(2);
  private static final PreSharedKey KEY = PreSharedKey.random("den");
  private static final Identity DEN = Identities.mint("Den");

  /** What is flooded. */
  enum Protection {
    TLS_KEY(false, Security.psk(KEY)),
    TLS_CERTIFICATE(false, pki()),
    DTLS_KEY(true, Security.psk(KEY)),
    DTLS_CERTIFICATE(true, pki());

    private final boolean datagrams;
    private final Security security;

    Protection(boolean datagrams, Security security) {
      this.datagrams = datagrams;
      this.security = security;
    }

    private static Security pki() {
      return Security.pki(DEN, TrustEvaluator.pinned(DEN.fingerprint()));
    }

    Parameters.Builder parameters() {
      return (datagrams ? Parameters.udp() : Parameters.tcp()).security(security);
    }

    HalfOpen flood(int port) throws Exception {
      return datagrams ? HalfOpen.datagrams(port, parameters()) : HalfOpen.streams(port);
    }
  }

  private final List<Connection> arrived = new CopyOnWriteArrayList<>();
  private final AtomicLong mostHalfOpen = new AtomicLong();

  @ParameterizedTest
  @EnumSource
  void aFloodFromAFewAddressesKeepsNobodyElseWaiting(Protection protection) throws Exception {
    try (Network network = Network.open()) {
      Listener listener = listen(network, protection, Eventually.PATIENCE);
      try (HalfOpen flood = protection.flood(port(listener))) {
        flood.begin(7, 3 * FROM_ONE_ADDRESS);
        Eventually.holds(
            () -> halfOpen() + " half-open handshakes", () -> halfOpen() == 7 * FROM_ONE_ADDRESS);
        Connection honest = Eventually.get(dial(network, listener, protection).ready());

        assertServed(honest);
        assertThat(halfOpen()).as("the flood is still there").isEqualTo(7 * FROM_ONE_ADDRESS);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFloodFromManyAddressesIsBoundedAndOverWithItsDeadline(Protection protection)
      throws Exception {
    try (Network network = Network.open()) {
      Listener listener = listen(network, protection, DEADLINE);
      long before = ProcessFacts.sockets();
      try (HalfOpen flood = protection.flood(port(listener))) {
        flood.begin(12, FROM_ONE_ADDRESS + 2);
        awaitArrivals(IN_ALL);
        long most = before + flood.size() + (protection.datagrams ? 0 : IN_ALL);
        Eventually.holds(
            () -> "sockets: " + ProcessFacts.sockets() + ", at most " + most,
            () -> ProcessFacts.sockets() <= most);
        Connection honest = dialUntilServed(network, listener, protection);
        Connection accepted = assertServed(honest);
        Eventually.get(honest.cancel());
        Eventually.get(accepted.cancel());
        arrived.subList(0, IN_ALL).forEach(HandshakeFloodNetworkTest::assertTimedOut);
      }
      Eventually.holds(
          () -> "sockets: " + ProcessFacts.sockets() + ", before: " + before,
          () -> ProcessFacts.sockets() <= before);
      Eventually.holds("no handshake is left", () -> halfOpen() == 0);
      try (HalfOpen again = protection.flood(port(listener))) {
        int sofar = arrived.size();
        again.begin(8, FROM_ONE_ADDRESS + 2);
        awaitArrivals(sofar + IN_ALL); // every place is free again
      }
      assertThat(mostHalfOpen.get()).as("half-open at once").isLessThanOrEqualTo(IN_ALL);
    }
  }

  private Listener listen(Network network, Protection protection, Duration deadline) {
    Parameters parameters =
        protection
            .parameters()
            .localAddress(InetAddress.getLoopbackAddress())
            .handshakeTimeout(deadline)
            .maximumHandshakes(IN_ALL, FROM_ONE_ADDRESS)
            .build();
    Listener listener = network.listener(parameters);
    listener.start(
        (from, connection) -> {
          arrived.add(connection.start());
          mostHalfOpen.accumulateAndGet(halfOpen(), Math::max);
        },
        Runnable::run);
    return Eventually.get(listener.ready());
  }

  private static int port(Listener listener) {
    return listener.port().orElseThrow();
  }

  private static Connection dial(Network network, Listener listener, Protection protection) {
    Parameters patient =
        protection
            .parameters()
            .handshakeTimeout(Eventually.PATIENCE)
            .establishmentTimeout(Eventually.PATIENCE)
            .build();
    return network.connection(Endpoint.hostPort("127.0.0.1", port(listener)), patient).start();
  }

  /** Who is refused since there are too many tries again, as programs do. */
  private static Connection dialUntilServed(
      Network network, Listener listener, Protection protection) {
    List<Connection> tried = new CopyOnWriteArrayList<>();
    Eventually.holds(
        () -> "somebody is served, after " + tried.size() + " attempts",
        () -> {
          tried.add(dial(network, listener, protection));
          Connection last = tried.get(tried.size() - 1);
          return last.ready().handle((ready, failure) -> failure == null).join();
        });
    return tried.get(tried.size() - 1);
  }

  private long halfOpen() {
    return arrived.stream()
        .filter(connection -> connection.state() instanceof Connection.State.Preparing)
        .count();
  }

  private void awaitArrivals(int number) {
    Eventually.holds(
        () -> arrived.size() + " have arrived, " + halfOpen() + " are half-open",
        () -> arrived.size() >= number);
  }

  /** The other end, which is there; and both can talk. */
  private Connection assertServed(Connection honest) {
    Eventually.holds(
        "the honest peer's other end",
        () -> arrived.stream().anyMatch(c -> c.state() instanceof Connection.State.Ready));
    Connection accepted =
        arrived.stream()
            .filter(connection -> connection.state() instanceof Connection.State.Ready)
            .findFirst()
            .orElseThrow();
    honest.send(Payload.utf8("hello"));
    assertThat(Eventually.get(accepted.receive(1, 5)).content().toUtf8String()).isEqualTo("hello");
    return accepted;
  }

  private static void assertTimedOut(Connection connection) {
    assertThat(Eventually.failure(connection.ready()))
        .isInstanceOfSatisfying(
            HandshakeException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TIMED_OUT));
  }
}
