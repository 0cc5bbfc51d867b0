package dev.earshot.security.tls.pki;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Fingerprint;
import dev.earshot.Identity;
import dev.earshot.security.tls.record.RecordCrypto;
import dev.earshot.testing.Amplification;
import dev.earshot.testing.PeerBytes;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.crypto.TlsCertificate;

/**
 * A certificate, from anybody: read or refused, looked at for flaws and for the names in it, and
 * named in a message that upsets no terminal.
 *
 * <p>The first byte chooses whether the rest is the certificate, or changes of a true one.
 */
public final class PeerChainFuzz {
  private static final int FACTOR = 2_000;
  private static final int BASE = 8 << 20;
  private static final int MOST_CHANGES = 16;
  private static final Instant NOW = Instant.now();
  private static final List<Identity> TRUE =
      List.of(
          CertificateMint.selfSigned(
              false,
              new CertificateMint.Wording(
                  "Ada",
                  List.of("den.local", "192.0.2.7"),
                  NOW.minus(Duration.ofDays(1)),
                  NOW.plus(Duration.ofDays(1)))),
          PkiPair.edwards("Bea"));
  private static final RecordCrypto CRYPTO = new RecordCrypto(new SecureRandom(), (of, with) -> {});

  private PeerChainFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    Amplification.bounded(input.length + 600, FACTOR, BASE, () -> take(new PeerBytes(input)));
  }

  private static void take(PeerBytes bytes) throws Exception {
    int choice = bytes.octet();
    byte[] encoded =
        (choice & 1) != 0
            ? bytes.changed(encoded(TRUE.get(choice >> 1 & 1)), MOST_CHANGES)
            : bytes.rest();
    List<X509Certificate> chain;
    try {
      TlsCertificate certificate = CRYPTO.createCertificate(encoded);
      chain = PeerChain.read(new Certificate(new TlsCertificate[] {certificate}));
    } catch (IOException refused) {
      return;
    }
    Optional<Objection> flaw = PeerChain.flaw(chain, NOW);
    assertThat(PeerChain.name(chain.get(0))).matches("[ -~]+").hasSizeLessThan(700);
    flaw.ifPresent(it -> assertThat(it.toString()).hasSizeLessThan(2_000));
    X509Certificate certificate = chain.get(0);
    HostCheck.matches(certificate, "den.local");
    HostCheck.matches(certificate, "192.0.2.7");
    assertThat(Fingerprint.of(certificate).matches(certificate)).isTrue();
    assertThat(Fingerprint.ofKey(certificate.getPublicKey()).matches(certificate)).isTrue();
  }

  private static byte[] encoded(Identity identity) throws CertificateEncodingException {
    return identity.certificate().getEncoded();
  }

  /** True certificates, and changes of them. */
  public static List<byte[]> seeds() throws Exception {
    List<byte[]> seeds = new ArrayList<>();
    for (int i = 0; i < TRUE.size(); i++) {
      byte[] encoded = encoded(TRUE.get(i));
      byte[] seed = new byte[1 + encoded.length];
      System.arraycopy(encoded, 0, seed, 1, encoded.length);
      seeds.add(seed);
      byte first = (byte) (1 | i << 1);
      seeds.add(new byte[] {first});
      seeds.add(new byte[] {first, 0, 0, 40, 5});
      seeds.add(new byte[] {first, 1, 0, 90, 1, 0, 0, 100, 0});
    }
    return seeds;
  }
}
