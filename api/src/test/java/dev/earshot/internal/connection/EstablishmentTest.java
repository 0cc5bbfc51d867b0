package dev.earshot.internal.connection;

import static dev.earshot.internal.connection.Neighbours.failure;
import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.CancelledException;
import dev.earshot.Connection;
import dev.earshot.Connection.State;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.HttpUpgrade;
import dev.earshot.LinkType;
import dev.earshot.NetworkLink;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.UnreachableException;
import dev.earshot.UnresolvedException;
import dev.earshot.WebSocketOptions;
import dev.earshot.spi.LinkSource.LinkState;
import dev.earshot.testing.LinkFault;
import dev.earshot.testing.MemoryWire;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** How a connection comes about, or does not. */
class EstablishmentTest {
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();
  private static final Duration SHORT = Duration.ofMillis(100);

  private final Neighbours neighbours = new Neighbours(31);

  @Test
  void aHandshakeThatIsNotOverInTimeFailsAndSaysWithWhomAndWhatItWasAbout() {
    Parameters impatient =
        Parameters.webSocket()
            .security(Security.psk(PreSharedKey.random("id")))
            .handshakeTimeout(Duration.ofSeconds(3))
            .build();
    neighbours.listen(impatient);
    neighbours.wire.plan(LinkFault.NEVER_ANSWER_HANDSHAKE);
    LiveConnection connection = neighbours.start(neighbours.connection(impatient));
    neighbours.passing(Duration.ofMillis(2_900));
    assertThat(connection.state()).isEqualTo(new State.Preparing());
    neighbours.passing(Duration.ofMillis(200));
    HandshakeException cause = (HandshakeException) ((State.Failed) connection.state()).cause();
    assertThat(cause.reason()).isEqualTo(HandshakeException.Reason.TIMED_OUT);
    assertThat(cause)
        .hasMessageContaining("10.0.0.2:4242")
        .hasMessageContaining("TLS handshake and WebSocket handshake")
        .hasMessageContaining("3.0 s");
    assertThat(neighbours.thereHandler.stateNames()).containsExactly("Preparing", "Failed");
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void whatIsNotReadyInTimeFailsWithTheLastReason() {
    Parameters hurried = Parameters.webSocket().establishmentTimeout(Duration.ofSeconds(5)).build();
    LiveConnection connection = neighbours.start(neighbours.connection(hurried));
    neighbours.passing(Duration.ofSeconds(4));
    assertThat(connection.state()).isInstanceOf(State.Waiting.class);
    connection.restart();
    neighbours.passing(Duration.ofSeconds(2));
    assertThat(((State.Failed) connection.state()).cause())
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("refused");
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void whatIsNotReadyInTimeSaysWhatItWasDoing() {
    Parameters hurried = Parameters.webSocket().establishmentTimeout(Duration.ofSeconds(5)).build();
    LiveConnection connection =
        neighbours.start(neighbours.connection(Endpoint.hostPort("10.0.0.99", 1), hurried));
    neighbours.passing(Duration.ofSeconds(6));
    assertThat(((State.Failed) connection.state()).cause())
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("connecting to 10.0.0.99:1");
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void theTimeToBecomeReadyDoesNotEndWhatIsReady() {
    Parameters hurried = Parameters.webSocket().establishmentTimeout(Duration.ofSeconds(5)).build();
    LiveConnection connection = neighbours.connected(hurried);
    neighbours.passing(Duration.ofMinutes(1));
    assertThat(connection.state()).isEqualTo(new State.Ready());
    assertThat(neighbours.time.pendingTimers()).isZero();
  }

  @Test
  void anAcceptedConnectionThatNobodyStartsIsClosedAfterTenSeconds() {
    neighbours.leaveAccepted().listen(WEB_SOCKET);
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(ConnectionLife.TIME_TO_START.minusMillis(100));
    assertThat(neighbours.there.open()).hasSize(1);
    assertThat(neighbours.handshakesOver).isZero();
    CompletableFuture<Connection> ready = neighbours.other().ready();
    neighbours.passing(SHORT.multipliedBy(2));
    assertThat(neighbours.handshakesOver).isEqualTo(1);
    assertThat(failure(ready)).hasMessageContaining("not started within 10.0 s");
    assertThat(connection.state()).isInstanceOf(State.Failed.class);
    neighbours.verifyNothingIsHeld();
    neighbours.other().start(neighbours.thereHandler, neighbours.thereQueue);
    neighbours.passing(SHORT);
    assertThat(neighbours.thereHandler.stateNames()).containsExactly("Failed");
  }

  @Test
  void anAcceptedConnectionMayBeCancelledInsteadOfStarted() {
    neighbours.leaveAccepted().listen(WEB_SOCKET);
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(SHORT);
    neighbours.other().cancel();
    neighbours.passing(SHORT);
    assertThat(((HandshakeException) ((State.Failed) connection.state()).cause()).reason())
        .isEqualTo(HandshakeException.Reason.CLOSED);
    assertThat(neighbours.handshakesOver).isEqualTo(1);
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void anAcceptedConnectionNeverWaits() {
    neighbours.listen(WEB_SOCKET);
    neighbours.wire.plan(LinkFault.NEVER_ANSWER_HANDSHAKE);
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(SHORT);
    connection.forceCancel();
    neighbours.passing(SHORT);
    assertThat(neighbours.thereHandler.stateNames()).containsExactly("Preparing", "Failed");
    assertThat(neighbours.handshakesOver).isEqualTo(1);
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void theListenerLearnsOfEveryHandshakeThatIsOverOnce() {
    neighbours.listen(WEB_SOCKET);
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(SHORT);
    assertThat(neighbours.handshakesOver).isEqualTo(1);
    connection.cancel();
    neighbours.passing(Duration.ofMinutes(1));
    assertThat(neighbours.handshakesOver).isEqualTo(1);
  }

  @Test
  void anAcceptedConnectionOfAClosedNetworkIsRefused() {
    neighbours.leaveAccepted().there.close();
    neighbours.listen(WEB_SOCKET);
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(SHORT);
    assertThat(connection.state()).isInstanceOf(State.Failed.class);
    assertThat(neighbours.other().state()).isEqualTo(new State.Cancelled());
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void theEndpointOfAnAcceptedConnectionIsItsRemoteAddress() {
    neighbours.connected(WEB_SOCKET);
    assertThat(neighbours.other().endpoint().toString()).startsWith("10.0.0.1:");
    assertThat(neighbours.other().currentPath().orElseThrow().localEndpoint())
        .contains(new InetSocketAddress(MemoryWire.address(Neighbours.THERE), Neighbours.PORT));
  }

  @Test
  void whatTheHandshakesSettledCanBeRead() {
    Parameters parameters =
        Parameters.webSocket(
                WebSocketOptions.builder().path("/den").subprotocols("earshot.v1").build())
            .security(Security.psk(PreSharedKey.random("kitchen")))
            .build();
    LiveConnection connection = neighbours.connection(parameters);
    assertThat(connection.securityMetadata()).isEmpty();
    assertThat(connection.upgrade()).isEmpty();
    assertThat(connection.currentPath()).isEmpty();
    neighbours.listen(parameters).start(connection);
    neighbours.passing(SHORT);
    assertThat(connection.securityMetadata().orElseThrow().pskIdentity())
        .contains(Payload.utf8("kitchen"));
    assertThat(neighbours.other().upgrade().map(HttpUpgrade::path)).contains("/den");
    assertThat(connection.upgrade().flatMap(HttpUpgrade::subprotocol)).contains("earshot.v1");
    assertThat(connection.maximumDatagramSize()).isZero();
  }

  @Test
  void aRequiredLinkThatIsNotUpIsWaitedFor() {
    NetworkLink wifi = new NetworkLink("wlan0", 3, LinkType.WIFI);
    Parameters onWifi = Parameters.webSocket().requireLink(wifi).build();
    neighbours.listen(WEB_SOCKET);
    LiveConnection connection = neighbours.start(neighbours.connection(onWifi));
    neighbours.passing(SHORT);
    assertThat(((State.Waiting) connection.state()).reason())
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("wlan0");
    neighbours.hereTransport.addLink(wifi, "10.0.0.11");
    neighbours.here.links(up(wifi, "fe80::11", "10.0.0.11"));
    connection.linksChanged(neighbours.here.links().states());
    neighbours.passing(SHORT);
    assertThat(connection.state()).isEqualTo(new State.Ready());
    assertThat(connection.currentPath().orElseThrow().link()).contains(wifi);
  }

  @Test
  void aPathByAnExcludedKindOfLinkIsNotUsed() {
    neighbours.listen(WEB_SOCKET);
    Parameters notWired = Parameters.webSocket().prohibitLinks(LinkType.WIRED).build();
    NetworkLink wifi = new NetworkLink("wlan0", 3, LinkType.WIFI);
    neighbours.here.links(up(wifi, "10.0.0.11")); // but the system chooses the wire
    LiveConnection connection = neighbours.start(neighbours.connection(notWired));
    neighbours.passing(SHORT);
    assertThat(((State.Waiting) connection.state()).reason())
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("mem0")
        .hasMessageContaining("WIRED");
    neighbours.here.links(up(MemoryWire.LINK, Neighbours.HERE));
    connection.restart();
    neighbours.passing(SHORT);
    assertThat(((State.Waiting) connection.state()).reason())
        .hasMessageContaining("no link is up but those of the kinds [WIRED]");
  }

  @Test
  void aBetterPathIsOneThatCameLater() {
    NetworkLink wifi = new NetworkLink("wlan0", 3, LinkType.WIFI);
    NetworkLink dock = new NetworkLink("eth1", 4, LinkType.WIRED);
    neighbours.hereTransport.addLink(wifi, "10.0.0.11");
    LinkState wifiUp = up(wifi, "10.0.0.11");
    LinkState builtIn = up(MemoryWire.LINK, Neighbours.HERE);
    neighbours.here.links(wifiUp, builtIn);
    Parameters onWifi =
        Parameters.webSocket().localAddress(MemoryWire.address("10.0.0.11")).build();
    LiveConnection connection = neighbours.connected(onWifi);
    connection.linksChanged(List.of(wifiUp, builtIn));
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.betterPaths()).isEmpty();
    connection.linksChanged(List.of(wifiUp, builtIn, up(dock, "10.0.0.12")));
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.betterPaths()).containsExactly(true);
    connection.linksChanged(List.of(wifiUp));
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.betterPaths()).containsExactly(true, false);
    assertThat(neighbours.handler.viabilities()).isEmpty();
  }

  @Test
  void aNameIsLookedUpAndANumberIsNot() {
    neighbours.listen(WEB_SOCKET);
    LiveConnection numeric = neighbours.start(neighbours.connection(WEB_SOCKET));
    neighbours.passing(SHORT);
    assertThat(numeric.state()).isEqualTo(new State.Ready());
    assertThat(neighbours.here.lookups()).isZero();
    Endpoint name = Endpoint.hostPort("den.local", Neighbours.PORT);
    LiveConnection named = neighbours.connection(name, WEB_SOCKET);
    named.start();
    neighbours.passing(SHORT);
    assertThat(((State.Waiting) named.state()).reason())
        .isInstanceOf(UnresolvedException.class)
        .hasMessageContaining("den.local");
    assertThat(neighbours.here.lookups()).isEqualTo(1);
  }

  @Test
  void numbersAreToldFromNames() {
    for (String numeric : List.of("10.0.0.1", "::1", "fe80::1", "fe80::1%3", "::ffff:10.0.0.1")) {
      assertThat(NumericAddress.parse(numeric)).as(numeric).isPresent();
    }
    for (String name :
        List.of("den.local", "10.0.0", "1.2.3.4.5", "fe80::1%eth0", "1.2.3.999", ":", "a:b:g")) {
      assertThat(NumericAddress.parse(name)).as(name).isEmpty();
    }
  }

  private static LinkState up(NetworkLink link, String... addresses) {
    return new LinkState(
        link, Arrays.stream(addresses).map(MemoryWire::address).toList(), true, true, false);
  }

  @Test
  void sendsBeforeReadyAreDoneOnceItIsReady() {
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    CompletableFuture<Void> sent = connection.send(Payload.utf8("early"));
    neighbours.passing(SHORT);
    assertThat(connection.state()).isInstanceOf(State.Waiting.class);
    assertThat(sent).isNotDone();
    neighbours.listen(WEB_SOCKET);
    connection.restart();
    neighbours.passing(SHORT);
    assertThat(sent).isCompleted();
    assertThat(neighbours.time.await(neighbours.other().receiveMessage()).content())
        .isEqualTo(Payload.utf8("early"));
  }

  @Test
  void sendsBeforeReadyFailWhenItIsCancelledBefore() {
    LiveConnection connection = neighbours.start(neighbours.connection(WEB_SOCKET));
    CompletableFuture<Void> sent = connection.send(Payload.utf8("early"));
    neighbours.passing(SHORT);
    connection.cancel();
    neighbours.passing(SHORT);
    assertThat(failure(sent)).isInstanceOf(CancelledException.class);
  }

  @Test
  void aPathWithoutALinkGetsTheOneWithItsAddress() {
    neighbours.wire.namesNoLinks();
    LinkState link =
        new LinkState(
            MemoryWire.LINK, List.of(MemoryWire.address(Neighbours.HERE)), true, true, false);
    neighbours.here.links(link);
    LiveConnection connection = neighbours.connected(WEB_SOCKET);
    assertThat(connection.currentPath().orElseThrow().link()).hasValue(MemoryWire.LINK);
    assertThat(neighbours.handler.paths().get(0).link()).hasValue(MemoryWire.LINK);
  }

  @Test
  void aProhibitedLinkIsFoundOutThoughThePathDoesNotNameIt() {
    neighbours.wire.namesNoLinks();
    NetworkLink cellular = new NetworkLink("wwan0", 7, LinkType.CELLULAR);
    NetworkLink wired = new NetworkLink("eth1", 8, LinkType.WIRED);
    neighbours.here.links(
        new LinkState(wired, List.of(MemoryWire.address("10.1.0.1")), true, true, false),
        new LinkState(cellular, List.of(MemoryWire.address(Neighbours.HERE)), true, true, false));
    neighbours.listen(WEB_SOCKET);
    Parameters dear = WEB_SOCKET.toBuilder().prohibitLinks(LinkType.CELLULAR).build();
    LiveConnection connection = neighbours.start(neighbours.connection(dear));
    neighbours.passing(SHORT);
    assertThat(((State.Waiting) connection.state()).reason())
        .hasMessageContaining("wwan0")
        .hasMessageContaining("exclude");
  }
}
