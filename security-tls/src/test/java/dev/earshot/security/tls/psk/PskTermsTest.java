package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.TlsVersion;
import java.util.List;
import java.util.Set;
import org.bouncycastle.tls.ProtocolVersion;
import org.junit.jupiter.api.Test;

class PskTermsTest {
  private static final List<Set<TlsVersion>> VERSIONS =
      List.of(
          Set.of(TlsVersion.TLS_1_2),
          Set.of(TlsVersion.TLS_1_3),
          Set.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3));

  @Test
  void theTermsOfAConfigurationAreThoseOfItsSuites() {
    for (Set<TlsVersion> versions : VERSIONS) {
      for (boolean secrecy : new boolean[] {false, true}) {
        PskTerms terms = PskTerms.of(versions, secrecy);
        List<PskSuite> suites = PskSuite.of(versions, secrecy);
        assertThat(terms.suites()).isEqualTo(suites);
        assertThat(terms.codes()).isEqualTo(PskSuite.codes(suites));
        assertThat(terms.versions()).isEqualTo(Versions.of(suites));
        assertThat(terms.isTls13()).isEqualTo(versions.contains(TlsVersion.TLS_1_3));
        assertThat(terms.names()).hasSameSizeAs(suites).allMatch(name -> name.startsWith("TLS_"));
        assertThat(terms.protocols()).hasSameSizeAs(versions);
      }
    }
  }

  @Test
  void whoChangesAnAnswerChangesItForNobodyElse() {
    PskTerms terms = PskTerms.of(Set.of(TlsVersion.TLS_1_2), false);
    int[] codes = terms.codes();
    codes[0] = 0;
    ProtocolVersion[] versions = terms.versions();
    versions[0] = ProtocolVersion.TLSv10;
    assertThat(terms.codes()).doesNotContain(0);
    assertThat(terms.versions()).containsExactly(ProtocolVersion.TLSv12);
  }
}
