package dev.earshot.security.tls.pki;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.FramingException;
import dev.earshot.HandshakeException;
import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.testing.Amplification;
import dev.earshot.testing.PeerBytes;
import java.util.ArrayList;
import java.util.List;

/**
 * TLS with certificates between two of us, of whose flights a hostile network changes one; and
 * either side alone with somebody who sends what he likes.
 *
 * <p>The first byte chooses the victim, the version and the flight; the rest are the changes, or
 * the bytes.
 */
public final class TlsCertificatesFuzz {
  private static final int FLIGHTS = 3;
  private static final int MOST_CHANGES = 64;
  private static final int LONGEST_OUTPUT = 16 << 10;
  private static final int FACTOR = 2_000;
  private static final int BASE = 32 << 20;
  private static final String CONTENT = "what was said";
  private static final Identity ADA = PkiPair.identity("Ada");
  private static final Identity BEA = PkiPair.edwards("Bea");

  private final PkiPair pair;
  private final PkiSide victim;
  private final PkiSide peer;

  private TlsCertificatesFuzz(boolean client, String version) {
    pair =
        new PkiPair(
            Versioned.of(Security.pki(ADA, PkiPair.trusting(BEA)), version),
            Versioned.of(Security.pki(BEA, PkiPair.trustingKey(ADA)), version));
    victim = client ? pair.client : pair.server;
    peer = client ? pair.server : pair.client;
  }

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Amplification.bounded(input.length, FACTOR, BASE, () -> take(new PeerBytes(input)));
  }

  private static void take(PeerBytes bytes) {
    int choice = bytes.octet();
    TlsCertificatesFuzz it =
        new TlsCertificatesFuzz((choice & 1) != 0, (choice & 2) != 0 ? "TLSv1.3" : "TLSv1.2");
    int flight = (choice >> 2) % (FLIGHTS + 1);
    if (flight == FLIGHTS) {
      it.stranger(bytes);
    } else {
      it.changedFlights(flight, bytes);
    }
    it.check();
  }

  private void stranger(PeerBytes bytes) {
    victim.begin();
    victim.takeOutput();
    int piece = 1 + bytes.word();
    while (!bytes.isEmpty() && victim.failure == null) {
      victim.arrive(bytes.take(piece));
      assertThat(victim.takeOutput().length).isLessThan(LONGEST_OUTPUT);
    }
    assertThat(victim.finished).as("handshakes without a certificate").isFalse();
  }

  private void changedFlights(int changed, PeerBytes changes) {
    pair.client.begin();
    pair.server.begin();
    if (victim == pair.client) {
      peer.arrive(victim.takeOutput());
    }
    boolean sent = false;
    for (int flight = 0; flight <= FLIGHTS; flight++) {
      if (peer.finished && peer.failure == null && !sent) {
        sent = true;
        peer.send(CONTENT);
      }
      byte[] bytes = peer.takeOutput();
      byte[] arriving = flight == changed ? changes.changed(bytes, MOST_CHANGES) : bytes;
      if (arriving.length > 0 && victim.failure == null) {
        victim.arrive(arriving);
      }
      byte[] answer = victim.takeOutput();
      assertThat(answer.length).isLessThan(LONGEST_OUTPUT);
      if (answer.length > 0 && peer.failure == null) {
        peer.arrive(answer);
      }
    }
    assertThat(CONTENT).startsWith(victim.received());
  }

  private void check() {
    if (victim.failure == null) {
      return;
    }
    assertThat(victim.failure.getMessage()).isNotBlank().matches("[ -~]+").hasSizeLessThan(2_000);
    if (!victim.finished) {
      assertThat(victim.failure).isInstanceOfAny(HandshakeException.class, FramingException.class);
    }
    if (victim.failure instanceof HandshakeException failed) {
      assertThat(failed.reason())
          .as(failed.getMessage())
          .isNotEqualTo(HandshakeException.Reason.OTHER);
    }
  }

  /** For each victim, version and flight: nothing changed, and a few changes; and a hello. */
  public static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    for (int choice = 0; choice < FLIGHTS << 2; choice++) {
      seeds.add(new byte[] {(byte) choice});
      seeds.add(new byte[] {(byte) choice, 1, 0, 50, 1});
      seeds.add(new byte[] {(byte) choice, 0, 1, 90, 9, 4, 1, 120, 2});
    }
    for (int choice = FLIGHTS << 2; choice < (FLIGHTS + 1) << 2; choice++) {
      TlsCertificatesFuzz it =
          new TlsCertificatesFuzz((choice & 1) != 0, (choice & 2) != 0 ? "TLSv1.3" : "TLSv1.2");
      it.pair.client.begin();
      byte[] flight = it.pair.client.takeOutput();
      if (it.victim == it.pair.client) {
        it.pair.server.begin();
        it.pair.server.arrive(flight);
        flight = it.pair.server.takeOutput();
      }
      byte[] seed = new byte[3 + flight.length];
      seed[0] = (byte) choice;
      seed[1] = 9;
      System.arraycopy(flight, 0, seed, 3, flight.length);
      seeds.add(seed);
    }
    return seeds;
  }
}
