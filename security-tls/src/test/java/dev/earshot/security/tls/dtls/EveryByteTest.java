package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.Identity;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.security.tls.Identities;
import dev.earshot.security.tls.dtls.DtlsPair.Delivery;
import dev.earshot.spi.DatagramSecurity;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One bit of one byte of a handshake is changed on the way, once: what is repeated makes it good,
 * or it fails in words. In no case do two sides talk who have not seen the same handshake.
 */
class EveryByteTest {
  private static final PreSharedKey KEY = PreSharedKey.random("den");
  private static final Identity ADA = Identities.mint("Ada");
  private static final Identity BOB = Identities.mint("Bob");

  @ParameterizedTest
  @EnumSource
  void ofAHandshakeWithAKey(DtlsSuite suite) {
    DatagramSecurity side = new PskDatagrams(PskSource.of(KEY), List.of(suite));
    changeBytes(side, side, 1);
  }

  @Test
  void ofAHandshakeWithCertificates() {
    changeBytes(trusting(ADA, BOB), trusting(BOB, ADA), 13);
  }

  @Test
  @Tag("soak")
  void ofAHandshakeWithCertificatesOneByOne() {
    changeBytes(trusting(ADA, BOB), trusting(BOB, ADA), 1);
  }

  private static DatagramSecurity trusting(Identity own, Identity other) {
    return new CertificateDatagrams(Security.pki(own, TrustEvaluator.pinned(other.fingerprint())));
  }

  private static void changeBytes(DatagramSecurity client, DatagramSecurity server, int step) {
    int carried = changeOne(client, server, -1);
    assertThat(carried).isGreaterThan(500);
    for (int at = 0; at < carried; at += step) {
      changeOne(client, server, at);
    }
  }

  /** Changes byte {@code at} of all that is carried; returns how many bytes that were. */
  private static int changeOne(DatagramSecurity client, DatagramSecurity server, int at) {
    DtlsPair pair = DtlsPair.of(client, server);
    int[] carried = {0};
    pair.over(
        (fromClient, number, datagram) -> {
          int here = at - carried[0];
          carried[0] += datagram.length;
          byte[] copy = datagram.clone();
          if (here >= 0 && here < copy.length) {
            copy[here] ^= 1;
          }
          return List.of(Delivery.soon(copy));
        });
    pair.shakeHands(Duration.ofSeconds(9));
    pair.over((fromClient, number, datagram) -> List.of(Delivery.soon(datagram)));
    String what = "byte " + at;
    if (pair.client.ready && pair.server.ready) {
      assertThat(pair.client.failure).as(what).isNull();
      pair.client.say("to the server");
      pair.pass();
      pair.server.say("to the client");
      pair.pass();
      assertThat(pair.server.texts()).as(what).containsExactly("to the server");
      assertThat(pair.client.texts()).as(what).containsExactly("to the client");
    } else {
      assertThat(at).as("an undisturbed handshake").isNotNegative();
      // A server has finished before it learns that its client saw something else.
      assertThat(pair.server.ready && pair.server.failure == null).as(what).isFalse();
      assertThat(pair.client.ready).as(what).isFalse();
      assertSaysWhy(pair.client, "client, " + what);
      assertThat(pair.server.contents).as(what).isEmpty();
    }
    for (DtlsPair.End end : List.of(pair.client, pair.server)) {
      if (end.failure instanceof HandshakeException failed) {
        assertThat(failed.reason()).as("%s: %s", what, failed).isNotEqualTo(Reason.OTHER);
      }
    }
    return carried[0];
  }

  private static void assertSaysWhy(DtlsPair.End end, String what) {
    assertThat(end.failure != null || end.flow().suspicion().isPresent()).as(what).isTrue();
  }
}
