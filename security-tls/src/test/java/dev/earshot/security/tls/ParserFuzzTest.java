package dev.earshot.security.tls;

import dev.earshot.security.tls.dtls.DtlsFuzz;
import dev.earshot.security.tls.pairing.PairingMessagesFuzz;
import dev.earshot.security.tls.pki.PeerChainFuzz;
import dev.earshot.security.tls.pki.TlsCertificatesFuzz;
import dev.earshot.security.tls.psk.TlsClientFuzz;
import dev.earshot.security.tls.psk.TlsServerFuzz;
import dev.earshot.testing.Fuzzing;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The short run of this module's fuzz targets. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ParserFuzzTest {
  /** Each of them is most of a handshake. */
  private static final int HANDSHAKES = 300;

  private static final int MESSAGES = 500;

  @Test
  void aTlsServerKeepsItsPromisesWhateverArrives() throws Exception {
    new Fuzzing(TlsServerFuzz.class, TlsServerFuzz::fuzzerTestOneInput, TlsServerFuzz.seeds())
        .run(HANDSHAKES);
  }

  @Test
  void aTlsClientKeepsItsPromisesWhateverArrives() throws Exception {
    new Fuzzing(TlsClientFuzz.class, TlsClientFuzz::fuzzerTestOneInput, TlsClientFuzz.seeds())
        .run(HANDSHAKES);
  }

  @Test
  void dtlsKeepsItsPromisesWhateverArrives() throws Exception {
    new Fuzzing(DtlsFuzz.class, DtlsFuzz::fuzzerTestOneInput, DtlsFuzz.seeds()).run(HANDSHAKES);
  }

  @Test
  void pairingKeepsItsPromisesWhateverArrives() throws Exception {
    new Fuzzing(
            PairingMessagesFuzz.class,
            PairingMessagesFuzz::fuzzerTestOneInput,
            PairingMessagesFuzz.seeds())
        .run(MESSAGES);
  }

  @Test
  void tlsWithCertificatesKeepsItsPromisesWhateverArrives() throws Exception {
    new Fuzzing(
            TlsCertificatesFuzz.class,
            TlsCertificatesFuzz::fuzzerTestOneInput,
            TlsCertificatesFuzz.seeds())
        .run(HANDSHAKES);
  }

  @Test
  void certificatesAreReadOrRefusedWhateverTheyAre() throws Exception {
    new Fuzzing(PeerChainFuzz.class, PeerChainFuzz::fuzzerTestOneInput, PeerChainFuzz.seeds())
        .run(MESSAGES);
  }

  @Test
  void linksAreReadOrRefusedWhateverTheyAre() throws Exception {
    new Fuzzing(PairingLinkFuzz.class, PairingLinkFuzz::fuzzerTestOneInput, PairingLinkFuzz.seeds())
        .run(MESSAGES);
  }
}
