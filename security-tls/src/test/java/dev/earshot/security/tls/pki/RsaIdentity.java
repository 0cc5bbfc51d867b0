package dev.earshot.security.tls.pki;

import dev.earshot.Identity;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates such as Earshot does not make: of RSA, weak, or signed by others. */
final class RsaIdentity {
  private RsaIdentity() {}

  /** An identity that is its own authority. */
  static Identity selfSigned(String name, int bits) throws Exception {
    KeyPair keys = keys(bits);
    X509Certificate certificate = sign(name, keys, name, keys, "SHA256withRSA");
    return Identity.of(keys.getPrivate(), List.of(certificate));
  }

  /** An identity that an authority has signed for, with {@code algorithm}. */
  static Identity signed(String name, String algorithm) throws Exception {
    KeyPair authority = keys(2048);
    KeyPair keys = keys(2048);
    X509Certificate certificate = sign(name, keys, "Authority", authority, algorithm);
    return Identity.of(keys.getPrivate(), List.of(certificate));
  }

  private static KeyPair keys(int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  private static X509Certificate sign(
      String name, KeyPair keys, String issuer, KeyPair signer, String algorithm) throws Exception {
    Instant now = Instant.now();
    X509CertificateHolder made =
        new JcaX509v3CertificateBuilder(
                new X500Name("CN=" + issuer),
                BigInteger.TEN,
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(Duration.ofDays(1))),
                new X500Name("CN=" + name),
                keys.getPublic())
            .build(new JcaContentSignerBuilder(algorithm).build(signer.getPrivate()));
    return new JcaX509CertificateConverter().getCertificate(made);
  }
}
