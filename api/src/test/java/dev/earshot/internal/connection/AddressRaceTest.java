package dev.earshot.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.Connection.State;
import dev.earshot.Endpoint;
import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.Parameters;
import dev.earshot.ServiceType;
import dev.earshot.UnreachableException;
import dev.earshot.UnresolvedException;
import dev.earshot.testing.LinkFault;
import dev.earshot.testing.MemoryWire;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Several addresses for one endpoint (RFC 8305). */
class AddressRaceTest {
  private static final Parameters WEB_SOCKET = Parameters.webSocket().build();
  private static final Endpoint DEN = Endpoint.bonjour("Den", ServiceType.tcp("echo"));
  private static final Duration SHORT = Duration.ofMillis(50);

  private final Neighbours neighbours = new Neighbours(5);

  @Test
  void familiesTakeTurnsAndTheFirstStaysTheFirst() {
    assertThat(
            AddressRace.interleaved(
                addresses("fe80::1", "fe80::2", "fe80::3", "10.0.0.1", "10.0.0.2", "fe80::1")))
        .isEqualTo(addresses("fe80::1", "10.0.0.1", "fe80::2", "10.0.0.2", "fe80::3"));
    assertThat(AddressRace.interleaved(addresses("10.0.0.1", "fe80::1")))
        .isEqualTo(addresses("10.0.0.1", "fe80::1"));
  }

  @Test
  void noMoreAddressesAreDialledThanAHostCanHave() {
    List<InetSocketAddress> many =
        IntStream.range(0, 1_000)
            .mapToObj(i -> address("10.1." + i / 250 + "." + i % 250))
            .toList();
    assertThat(AddressRace.interleaved(many)).hasSize(AddressRace.MOST_ADDRESSES);
  }

  @Test
  void theFirstThatAnswersWins() {
    LiveConnection connection = connecting("10.0.0.77", "10.0.0.2");
    neighbours.passing(AddressRace.STAGGER.minusMillis(1));
    assertThat(connection.state()).isEqualTo(new State.Preparing());
    assertThat(dials()).isEqualTo(1);
    neighbours.passing(SHORT);
    assertThat(connection.state()).isEqualTo(new State.Ready());
    assertThat(connection.currentPath().orElseThrow().remoteEndpoint())
        .contains(address("10.0.0.2"));
    assertThat(dials()).as("the loser is cancelled").isZero();
    assertThat(neighbours.time.pendingTimers()).isZero();
  }

  @Test
  void theNextAddressIsDialledAtOnceWhenOneFails() {
    neighbours.wire.planAt("10.0.0.3", LinkFault.REFUSE);
    neighbours.wire.computer("10.0.0.3");
    LiveConnection connection = connecting("10.0.0.3", "10.0.0.2");
    neighbours.passing(SHORT);
    assertThat(connection.state()).isEqualTo(new State.Ready());
  }

  @Test
  void whenAllFailTheReasonNamesThemAll() {
    neighbours.wire.planAt(Neighbours.THERE, LinkFault.REFUSE);
    LiveConnection connection = connecting("10.0.0.77", "10.0.0.2", "fe80::77");
    neighbours.passing(Duration.ofMillis(10_500));
    NetworkException reason = ((State.Waiting) connection.state()).reason();
    assertThat(reason)
        .isInstanceOf(UnreachableException.class)
        .hasMessageContaining("Den._echo._tcp.local. (10.0.0.77:4242): no answer within 10.0 s")
        .hasMessageContaining("10.0.0.2")
        .hasMessageContaining("refused")
        .hasMessageContaining("no route");
    assertThat(reason.getSuppressed()).hasSize(3);
    assertThat(neighbours.here.reconfirmed()).containsExactly(DEN);
  }

  @Test
  void anAddressIsGivenUpAfterTenSeconds() {
    LiveConnection connection = connecting("10.0.0.77");
    neighbours.passing(TimedDial.CONNECT_TIMEOUT.minusMillis(1));
    assertThat(connection.state()).isEqualTo(new State.Preparing());
    neighbours.passing(Duration.ofMillis(2));
    assertThat(((State.Waiting) connection.state()).reason()).hasMessageContaining("no answer");
    connection.cancel();
    neighbours.passing(SHORT);
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void cancelCurrentEndpointGoesOnWithTheNext() {
    LiveConnection connection = connecting("10.0.0.77", "10.0.0.2");
    neighbours.passing(SHORT);
    connection.cancelCurrentEndpoint();
    neighbours.passing(SHORT);
    assertThat(connection.state()).isEqualTo(new State.Ready());
  }

  @Test
  void cancelCurrentEndpointGivesUpAWinnerThatDoesNotShakeHands() {
    neighbours.wire.computer("10.0.0.3");
    neighbours.wire.planAt(Neighbours.THERE, LinkFault.NEVER_ANSWER_HANDSHAKE);
    LiveConnection connection = connecting("10.0.0.2", "10.0.0.3");
    neighbours.passing(SHORT);
    assertThat(connection.state()).isEqualTo(new State.Preparing());
    connection.cancelCurrentEndpoint();
    neighbours.passing(SHORT);
    assertThat(((State.Waiting) connection.state()).reason())
        .hasMessageContaining("given up")
        .hasMessageContaining("10.0.0.3");
  }

  @Test
  void cancelCurrentEndpointOfTheLastAddressIsAReasonToWait() {
    LiveConnection connection = connecting("10.0.0.77");
    neighbours.passing(SHORT);
    connection.cancelCurrentEndpoint();
    connection.cancelCurrentEndpoint();
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.stateNames()).containsExactly("Preparing", "Waiting");
    connection.cancelCurrentEndpoint();
    neighbours.passing(SHORT);
    assertThat(neighbours.handler.stateNames()).containsExactly("Preparing", "Waiting");
  }

  @Test
  void aHandshakeThatFailsEndsTheRace() {
    neighbours.wire.planAt(Neighbours.THERE, LinkFault.WRONG_KEY);
    LiveConnection connection = connecting("10.0.0.77", "10.0.0.2", "10.0.0.78");
    neighbours.passing(Duration.ofSeconds(1));
    assertThat(((State.Failed) connection.state()).cause()).isInstanceOf(HandshakeException.class);
    neighbours.accepted.forEach(LiveConnection::cancel);
    neighbours.passing(Duration.ofMinutes(1));
    neighbours.verifyNothingIsHeld();
  }

  @Test
  void aServiceThatNobodyAnswersForIsAReasonToWaitAndIsLookedUpAgain() {
    LiveConnection connection = neighbours.start(neighbours.connection(DEN, WEB_SOCKET));
    neighbours.passing(SHORT);
    assertThat(((State.Waiting) connection.state()).reason())
        .isInstanceOf(UnresolvedException.class);
    neighbours.here.name(DEN, address(Neighbours.THERE));
    neighbours.listen(WEB_SOCKET);
    connection.restart();
    neighbours.passing(SHORT);
    assertThat(connection.state()).isEqualTo(new State.Ready());
    assertThat(connection.endpoint()).isEqualTo(DEN);
    assertThat(neighbours.here.lookups()).isEqualTo(2);
  }

  @Test
  void portsAndAddressesThatNobodyCanConnectToAreLeftOut() {
    InetSocketAddress portless = new InetSocketAddress(MemoryWire.address("10.0.0.2"), 0);
    neighbours.here.name(DEN, portless, InetSocketAddress.createUnresolved("den.local", 4242));
    LiveConnection connection = neighbours.start(neighbours.connection(DEN, WEB_SOCKET));
    neighbours.passing(SHORT);
    assertThat(((State.Waiting) connection.state()).reason())
        .isInstanceOf(UnresolvedException.class)
        .hasMessageContaining("Den");
  }

  @Test
  void cancelEndsALookUpThatIsNeverAnswered() {
    neighbours.here.answersLookups(false);
    Connection connection = neighbours.start(neighbours.connection(DEN, WEB_SOCKET));
    neighbours.passing(Duration.ofMinutes(5));
    assertThat(connection.state()).isEqualTo(new State.Preparing());
    connection.cancel();
    neighbours.passing(SHORT);
    assertThat(connection.state()).isEqualTo(new State.Cancelled());
    neighbours.verifyNothingIsHeld();
  }

  private LiveConnection connecting(String... hosts) {
    neighbours.listen(WEB_SOCKET);
    neighbours.here.name(DEN, addresses(hosts).toArray(InetSocketAddress[]::new));
    return neighbours.start(neighbours.connection(DEN, WEB_SOCKET));
  }

  private long dials() {
    return neighbours.wire.open().stream().filter(open -> open.startsWith("connecting")).count();
  }

  private static List<InetSocketAddress> addresses(String... hosts) {
    return Arrays.stream(hosts).map(AddressRaceTest::address).toList();
  }

  private static InetSocketAddress address(String host) {
    return new InetSocketAddress(MemoryWire.address(host), Neighbours.PORT);
  }
}
