package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.spi.DatagramSecurity.Verdict;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** Hellos from an address with which there is a flow already (RFC 6347, section 4.2.8). */
class BeginningAnewTest {
  private static final InetSocketAddress ELSEWHERE = new InetSocketAddress("10.0.0.2", 1_111);

  private static final int COOKIE_BYTES = 32;

  /** In a datagram: two headers, and the version. */
  private static final int RANDOM_AT = 13 + 12 + 2;

  /** In a hello: the random bytes, an empty session, the length. */
  private static final int COOKIE_AT = RANDOM_AT + 32 + 1 + 1;

  /** In an answer: two headers, the version, the length. */
  private static final int ANSWERED_COOKIE_AT = 13 + 12 + 2 + 1;

  private final PskDatagrams security = new PskDatagrams(Security.psk(PreSharedKey.random("den")));
  private final DtlsPair pair = DtlsPair.of(security, security).shakeHands();
  private final byte[] hello = pair.toServer.get(1);

  @Test
  void aRepeatedHelloIsNoNewBeginning() {
    Verdict once = pair.knock(DtlsPair.CLIENT, hello);
    Verdict again = pair.knock(DtlsPair.CLIENT, hello.clone());

    assertThat(once.admitted()).isTrue();
    assertThat(once.beginning().isEmpty()).isFalse();
    assertThat(again).isEqualTo(once);
  }

  @Test
  void anotherHelloIsOneOnceItsCookieHasComeBackFromTheSameAddress() {
    Payload first = pair.knock(DtlsPair.CLIENT, hello).beginning();
    byte[] other = hello.clone();
    other[RANDOM_AT] ^= 1;

    Verdict forged = pair.knock(DtlsPair.CLIENT, other);
    assertThat(forged.admitted()).isFalse();
    assertThat(forged.beginning().isEmpty()).isTrue();
    byte[] answer = forged.answer().toByteArray();
    assertThat(answer).hasSize(ANSWERED_COOKIE_AT + COOKIE_BYTES);

    System.arraycopy(answer, ANSWERED_COOKIE_AT, other, COOKIE_AT, COOKIE_BYTES);
    assertThat(pair.knock(ELSEWHERE, other).admitted()).isFalse();
    Verdict proved = pair.knock(DtlsPair.CLIENT, other);
    assertThat(proved.admitted()).isTrue();
    assertThat(proved.beginning()).isNotEqualTo(first);
  }

  @Test
  void everythingElseThatAFlowSendsIsNoneOfTheDoorkeepersBusiness() {
    byte[] data = pair.client.say("hello");

    assertThat(pair.knock(DtlsPair.CLIENT, data)).isEqualTo(Verdict.IGNORED);
    for (byte[] datagram : pair.toServer.subList(2, pair.toServer.size())) {
      assertThat(pair.knock(DtlsPair.CLIENT, datagram)).isEqualTo(Verdict.IGNORED);
    }
  }
}
