package dev.earshot.security.tls.pki;

import dev.earshot.Identity;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority as large as a test needs one. */
final class Authority {
  private final KeyPair keys;
  private final X509Certificate certificate;

  Authority() throws Exception {
    keys = keys();
    JcaX509v3CertificateBuilder builder = builder("Authority", keys);
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    certificate = sign(builder);
  }

  /** The platform's trust if this were its only authority. */
  PlatformTrust trust() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("authority", certificate);
    return PlatformTrust.of(store);
  }

  /** An identity with a certificate for {@code host}. */
  Identity certify(String name, GeneralName... hosts) throws Exception {
    KeyPair own = keys();
    JcaX509v3CertificateBuilder builder = builder(name, own);
    if (hosts.length > 0) {
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(hosts));
    }
    return Identity.of(own.getPrivate(), List.of(sign(builder), certificate));
  }

  private static KeyPair keys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static JcaX509v3CertificateBuilder builder(String name, KeyPair of) {
    Instant now = Instant.now();
    return new JcaX509v3CertificateBuilder(
        new X500Name("CN=Authority"),
        BigInteger.valueOf(now.getNano() + 1),
        Date.from(now.minus(Duration.ofDays(1))),
        Date.from(now.plus(Duration.ofDays(1))),
        new X500Name("CN=" + name),
        of.getPublic());
  }

  private X509Certificate sign(JcaX509v3CertificateBuilder builder) throws Exception {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
  }
}
