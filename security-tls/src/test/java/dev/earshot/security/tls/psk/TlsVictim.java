package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.FramingException;
import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.spi.StreamSecurity.Role;
import dev.earshot.testing.PeerBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One side of a TLS connection whose peer, or whose network, is hostile. Not thread-safe.
 *
 * <p>With its first byte an input chooses how: bytes as they are, by somebody who has no key; or
 * true flights of an honest peer, changed on the way.
 */
final class TlsVictim {
  /** Two flights of a handshake, and one of data. */
  private static final int FLIGHTS = 3;

  private static final int MOST_CHANGES = 64;
  private static final int LONGEST_OUTPUT = 8 << 10;
  private static final byte[] CONTENT = "what was said".getBytes(StandardCharsets.US_ASCII);

  private final EnginePair pair;
  private final EngineSide victim;
  private final EngineSide peer;

  private TlsVictim(Role role, PskSuite suite) {
    pair = EnginePair.ofSuite(suite);
    victim = role == Role.CLIENT ? pair.client : pair.server;
    peer = role == Role.CLIENT ? pair.server : pair.client;
  }

  /** What a target does with an input. */
  static void take(Role role, byte[] input) {
    PeerBytes bytes = new PeerBytes(input);
    int choice = bytes.octet();
    PskSuite[] suites = PskSuite.values();
    TlsVictim it = new TlsVictim(role, suites[(choice >> 4) % suites.length]);
    if ((choice & 1) == 0) {
      it.stranger(bytes);
    } else {
      it.changedFlights((choice >> 1) % FLIGHTS, bytes);
    }
    it.check();
  }

  /** Without a key nobody gets in, whatever is sent and however it is cut. */
  private void stranger(PeerBytes bytes) {
    int piece = 1 + bytes.word();
    victim.begin();
    victim.takeOutput();
    while (!bytes.isEmpty() && victim.thrown == null) {
      victim.arrive(bytes.take(piece));
      assertThat(victim.takeOutput().length).isLessThan(LONGEST_OUTPUT);
    }
    assertThat(victim.finished).as("handshakes finished without a key").isZero();
    assertThat(victim.received.size()).isZero();
  }

  private void changedFlights(int changed, PeerBytes changes) {
    pair.client.begin();
    peer.send(CONTENT);
    if (victim == pair.client) {
      peer.arrive(victim.takeOutput());
    }
    for (int flight = 0; flight <= FLIGHTS; flight++) {
      byte[] bytes = peer.takeOutput();
      byte[] arriving = flight == changed ? changes.changed(bytes, MOST_CHANGES) : bytes;
      if (arriving.length > 0) {
        victim.arrive(arriving);
      }
      byte[] answer = victim.takeOutput();
      assertThat(answer.length).isLessThan(LONGEST_OUTPUT);
      if (answer.length > 0 && peer.thrown == null) {
        peer.arrive(answer);
      }
    }
    byte[] received = victim.received.toByteArray();
    assertThat(received).isEqualTo(Arrays.copyOf(CONTENT, received.length));
  }

  private void check() {
    assertThat(victim.finished).isLessThanOrEqualTo(1);
    if (victim.thrown == null) {
      return;
    }
    assertThat(victim.engine.isInboundDone()).isTrue();
    NetworkException said = victim.stream.explain(victim.thrown);
    assertThat(said.getMessage()).isNotBlank().matches("[ -~]+").hasSizeLessThan(1_000);
    if (victim.finished == 0) {
      // A protected record that was changed while we shake hands is no more than that.
      assertThat(said).isInstanceOfAny(HandshakeException.class, FramingException.class);
    }
    if (said instanceof HandshakeException failure) {
      assertThat(failure.reason())
          .as(said.getMessage())
          .isNotEqualTo(HandshakeException.Reason.OTHER);
    }
  }
}
