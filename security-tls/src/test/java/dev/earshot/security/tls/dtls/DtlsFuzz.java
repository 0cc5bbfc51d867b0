package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Identity;
import dev.earshot.NetworkException;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.security.tls.Identities;
import dev.earshot.security.tls.dtls.DtlsPair.Delivery;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.DatagramSecurity.Verdict;
import dev.earshot.testing.Amplification;
import dev.earshot.testing.PeerBytes;
import dev.earshot.testing.VirtualTime;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * DTLS between two of us, with a key or with certificates, on a network that is hostile: it changes
 * true datagrams, and adds some of its own, to either side and to the doorkeeper.
 *
 * <p>The first byte chooses the protection, the rest is one act after another.
 */
public final class DtlsFuzz {
  private static final int FACTOR = 20_000; // a datagram of a byte may be answered by a flight
  private static final int BASE = 32 << 20;
  private static final int ACTS = 40;
  private static final Identity ADA = Identities.mint("Ada");
  private static final Identity BOB = Identities.mint("Bob");
  private static final PreSharedKey KEY = PreSharedKey.of("den", new byte[32]);

  private DtlsFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Amplification.bounded(input.length, FACTOR, BASE, () -> take(new PeerBytes(input)));
  }

  private static void take(PeerBytes bytes) {
    DtlsPair pair = pair(bytes.octet());
    pair.over((fromClient, number, datagram) -> carried(datagram, bytes));
    pair.run(pair.client::begin);
    for (int act = 0; act < ACTS && !bytes.isEmpty(); act++) {
      act(pair, bytes);
    }
    pair.over((fromClient, number, datagram) -> List.of(Delivery.soon(datagram)));
    pair.time.advance(Duration.ofSeconds(5));
    if (pair.client.ready && pair.client.failure == null) {
      pair.client.say("from the client");
    }
    pair.pass();
    check(pair.client);
    check(pair.server);
    assertThat(pair.server.texts()).allMatch("from the client"::equals);
    assertThat(pair.client.texts()).isEmpty();
  }

  /** One for each suite with a key, and one with certificates. */
  private static DtlsPair pair(int choice) {
    DtlsSuite[] suites = DtlsSuite.values();
    int chosen = choice % (suites.length + 1);
    if (chosen == suites.length) {
      return new DtlsPair(new VirtualTime(7), trusting(ADA, BOB), trusting(BOB, ADA), 1_200);
    }
    DatagramSecurity client = new PskDatagrams(PskSource.of(KEY), List.of(suites[chosen]));
    DatagramSecurity server = new PskDatagrams(PskSource.of(KEY), DtlsSuite.of(false));
    return new DtlsPair(new VirtualTime(7), client, server, 1_200);
  }

  private static DatagramSecurity trusting(Identity own, Identity other) {
    return new CertificateDatagrams(Security.pki(own, TrustEvaluator.pinned(other.fingerprint())));
  }

  private static void act(DtlsPair pair, PeerBytes bytes) {
    int act = bytes.octet();
    switch (act % 4) {
      case 0 -> {
        byte[] datagram = bytes.take(bytes.octet());
        Verdict verdict = pair.knock(DtlsPair.CLIENT, datagram);
        assertThat(verdict.answer().length()).isLessThanOrEqualTo(datagram.length);
        assertThat(verdict.admitted() && !verdict.answer().isEmpty()).isFalse();
      }
      case 1 -> inject(pair, bytes.take(bytes.octet()), act);
      case 2 -> inject(pair, bytes.changed(recorded(pair, bytes), bytes.octet() % 8), act);
      default -> pair.time.advance(Duration.ofMillis(20L * bytes.octet()));
    }
  }

  private static void inject(DtlsPair pair, byte[] datagram, int act) {
    boolean toServer = (act & 4) != 0;
    if (!toServer || pair.server.flow != null) { // else the doorkeeper has its own act
      pair.run(() -> pair.arrive(toServer, datagram));
    }
  }

  private static byte[] recorded(DtlsPair pair, PeerBytes bytes) {
    List<byte[]> sent = new ArrayList<>(pair.toServer);
    sent.addAll(pair.toClient);
    return sent.get(bytes.below(sent.size()));
  }

  /** What the network does with a true datagram: mostly carries it. */
  private static List<Delivery> carried(byte[] datagram, PeerBytes bytes) {
    int what = bytes.octet();
    if (what == 1) {
      return List.of();
    }
    Delivery whole = Delivery.soon(datagram);
    return what == 2
        ? List.of(whole, Delivery.soon(bytes.changed(datagram, bytes.octet() % 8)))
        : List.of(whole);
  }

  private static void check(DtlsPair.End end) {
    long endings =
        end.events.stream().filter(e -> e.equals("closed") || e.equals("failed")).count();
    assertThat(endings).isLessThanOrEqualTo(1);
    assertThat(end.events.stream().filter("ready"::equals).count()).isLessThanOrEqualTo(1);
    NetworkException failure = end.failure;
    if (failure != null) {
      assertThat(failure.getMessage()).isNotBlank().matches("[ -~]+").hasSizeLessThan(1_000);
    }
  }

  /** An honest handshake, its datagrams at the door, and changes. */
  public static List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(new byte[0]);
    for (int choice : new int[] {0, DtlsSuite.values().length}) {
      DtlsPair pair = pair(choice).shakeHands();
      for (byte[] datagram : pair.toServer) {
        seeds.add(seed(choice, 0, datagram));
        seeds.add(seed(choice, 5, datagram));
      }
      for (byte[] datagram : pair.toClient) {
        seeds.add(seed(choice, 1, datagram));
      }
      for (int changed = 0; changed < 6; changed++) {
        byte[] seed = new byte[changed + 7];
        seed[0] = (byte) choice;
        seed[changed + 1] = 2; // carried, and then carried with two changes
        seed[changed + 2] = 2;
        seed[changed + 5] = 90;
        seeds.add(seed);
      }
    }
    seeds.add(new byte[] {0, 0, 2, 1, 1, 1, 0, 40, 1, 2, 1, 3, 3, 50, 6, 1, 0, 0, 60, 7});
    seeds.add(new byte[] {1, 2, 0, 0, 1, 1, 3, 100, 2, 1, 1, 2, 0, 30, 6, 3, 1, 2, 0, 20, 1});
    return seeds;
  }

  private static byte[] seed(int choice, int act, byte[] datagram) {
    ByteArrayOutputStream seed = new ByteArrayOutputStream();
    int length = Math.min(255, datagram.length);
    // The suite, the client's first datagram carried, 100 ms in which others are; the act.
    seed.writeBytes(new byte[] {(byte) choice, 0, 3, 5, 0, 0, 0, (byte) act, (byte) length});
    seed.write(datagram, 0, length);
    return seed.toByteArray();
  }
}
