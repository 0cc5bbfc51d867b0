package dev.earshot.security.tls.pki;

import dev.earshot.Identity;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/** Makes key pairs, and certificates that their own keys have signed (RFC 5280). */
public final class CertificateMint {
  /** In characters (RFC 5280, appendix A.1: ub-common-name). */
  private static final int MAXIMUM_NAME = 64;

  private static final int MAXIMUM_HOST = 253;

  /** In bits; RFC 5280, 4.1.2.2: at most 20 bytes, positive. Chance alone makes it unique. */
  private static final int SERIAL_BITS = 127;

  private CertificateMint() {}

  /**
   * What a certificate says.
   *
   * @param name the common name of its owner
   * @param hosts host names and numeric addresses that it is made out to, perhaps none
   * @param from when it begins to be valid
   * @param until when it has expired
   */
  public record Wording(String name, List<String> hosts, Instant from, Instant until) {
    /** Copies the hosts. */
    public Wording {
      hosts = List.copyOf(hosts);
    }
  }

  /** Refuses what cannot be a common name. */
  public static void requireName(String name) {
    int length = name.codePointCount(0, name.length());
    boolean controls = name.codePoints().anyMatch(Character::isISOControl);
    if (name.isBlank() || length > MAXIMUM_NAME || controls) {
      throw new IllegalArgumentException(
          "the name of an identity has 1 to " + MAXIMUM_NAME + " characters and no controls");
    }
  }

  /** Refuses what is neither a host name nor a numeric address. */
  public static String requireHost(String host) {
    if (!IPAddress.isValid(host) && !(host.length() <= MAXIMUM_HOST && HostCheck.isName(host))) {
      throw new IllegalArgumentException("'" + host + "' is no host name and no address");
    }
    return host;
  }

  /** A new identity, which is its own authority. */
  public static Identity selfSigned(boolean edwards, Wording wording) {
    SecureRandom random = new SecureRandom();
    try {
      KeyPair keys = keys(edwards, random);
      X509v3CertificateBuilder builder = builder(keys, wording, random);
      String algorithm = edwards ? "Ed25519" : "SHA256withECDSA";
      X509Certificate certificate =
          new JcaX509CertificateConverter()
              .getCertificate(
                  builder.build(new JcaContentSignerBuilder(algorithm).build(keys.getPrivate())));
      return Identity.of(keys.getPrivate(), List.of(certificate));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("making a certificate for " + wording.name(), e);
    }
  }

  private static KeyPair keys(boolean edwards, SecureRandom random)
      throws GeneralSecurityException {
    if (edwards) {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
    return generator.generateKeyPair();
  }

  private static X509v3CertificateBuilder builder(
      KeyPair keys, Wording wording, SecureRandom random) throws IOException {
    X500Name name = new X500NameBuilder().addRDN(BCStyle.CN, wording.name()).build();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            name,
            new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE),
            Date.from(wording.from()),
            Date.from(wording.until()),
            name,
            keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage,
        false,
        new ExtendedKeyUsage(
            new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
    GeneralName[] names =
        wording.hosts().stream().map(CertificateMint::named).toArray(GeneralName[]::new);
    if (names.length > 0) {
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
    return builder;
  }

  private static GeneralName named(String host) {
    return new GeneralName(
        IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName, host);
  }
}
