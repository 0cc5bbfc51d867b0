package dev.earshot.session.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.HttpUpgrade;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.session.internal.SessionRoom.Member;
import dev.earshot.session.internal.stream.SideStreams;
import dev.earshot.session.internal.stream.Ticket;
import dev.earshot.session.internal.wire.Body;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which keys and tokens open what, over a network in memory. */
class SideStreamTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final SessionRoom room = new SessionRoom(1);
  private final List<Connection> taken = new ArrayList<>();
  private final List<String> lapsed = new ArrayList<>();
  private final Security key = SessionRoom.key("group", SessionRoom.KEY);
  private Member ada;
  private Member eve;

  /** Those of ada's session. */
  private SideStreams streams;

  private Ticket ticket;

  @BeforeEach
  void openStreams() {
    ada = room.member(1, "ada", b -> b.withoutDiscovery()).start();
    eve = room.member(2, "eve", b -> b.withoutDiscovery()).start();
    room.pass(SECOND);
    streams = ((LiveSession) ada.session).streams();
    ticket = streams.issue(Optional.empty(), taken::add, () -> lapsed.add("lapsed"));
  }

  @AfterEach
  void close() {
    room.close();
  }

  private InetSocketAddress address() {
    return new InetSocketAddress(ada.address, ada.session.port().orElseThrow());
  }

  private Connection dial(Payload token, Payload secret) {
    Parameters dialling = Parameters.webSocket().security(key).build();
    SideStreams theirs =
        new SideStreams(eve.computer.network(), dialling, eve.computer.queue(), new Random());
    return start(
        theirs.dial(address(), Optional.empty(), new Body.OpenStream(1, token, secret, 1)));
  }

  private Connection start(Connection connection) {
    connection.start(new Connection.Handler() {}, eve.computer.queue());
    room.pass(Duration.ofSeconds(2));
    return connection;
  }

  private static boolean isOpen(Connection connection) {
    return connection.state() instanceof Connection.State.Ready;
  }

  @Test
  void aTokenWithItsSecretOpensOneStreamOnce() {
    Connection first = dial(ticket.token(), ticket.secret());
    assertThat(taken).hasSize(1);
    assertThat(isOpen(first)).isTrue();
    Connection second = dial(ticket.token(), ticket.secret());
    assertThat(taken).hasSize(1);
    assertThat(isOpen(second)).isFalse();
    room.pass(Duration.ofSeconds(20));
    assertThat(lapsed).isEmpty();
  }

  @Test
  void aTokenLapsesAfterTenSeconds() {
    room.pass(Duration.ofSeconds(11));
    assertThat(lapsed).hasSize(1);
    assertThat(isOpen(dial(ticket.token(), ticket.secret()))).isFalse();
    assertThat(taken).isEmpty();
  }

  @Test
  void aTokenWithAnotherSecretOpensNothingAndStaysGood() {
    assertThat(isOpen(dial(ticket.token(), Payload.wrap(new byte[32])))).isFalse();
    assertThat(taken).isEmpty();
    assertThat(isOpen(dial(ticket.token(), ticket.secret()))).isTrue();
    assertThat(taken).hasSize(1);
  }

  @Test
  void aPeersKeyOpensNoStreamEvenWithAToken() {
    HttpUpgrade upgrade =
        HttpUpgrade.to(SideStreams.UPGRADE)
            .withHeader("earshot-token", HexFormat.of().formatHex(ticket.token().toByteArray()));
    Connection tried =
        start(
            eve.computer
                .network()
                .connection(ada.endpoint(), Parameters.tcp(upgrade).security(key).build()));
    assertThat(isOpen(tried)).isFalse();
    assertThat(taken).isEmpty();
  }

  @Test
  void aTokenOfAnotherStreamOpensNothing() {
    Ticket other = streams.issue(Optional.empty(), taken::add, () -> lapsed.add("other"));
    HttpUpgrade upgrade =
        HttpUpgrade.to(SideStreams.UPGRADE)
            .withHeader("earshot-token", HexFormat.of().formatHex(other.token().toByteArray()));
    Security streamKey = Security.psk(streamKey());
    Connection tried =
        start(
            eve.computer
                .network()
                .connection(ada.endpoint(), Parameters.tcp(upgrade).security(streamKey).build()));
    assertThat(isOpen(tried)).isFalse();
    assertThat(taken).isEmpty();
  }

  @Test
  void aStreamsKeyOpensNoConnectionOfAPeers() {
    Connection tried =
        start(
            eve.computer
                .network()
                .connection(
                    ada.endpoint(),
                    Parameters.webSocket().security(Security.psk(streamKey())).build()));
    assertThat(isOpen(tried)).isFalse();
    assertThat(ada.seen.peers).isEmpty();
    assertThat(ada.seen.failures).isEmpty();
  }

  private PreSharedKey streamKey() {
    String token = HexFormat.of().formatHex(ticket.token().toByteArray());
    return PreSharedKey.of("earshot-stream:" + token, ticket.secret().toByteArray());
  }
}
