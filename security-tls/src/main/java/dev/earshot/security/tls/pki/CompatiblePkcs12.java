package dev.earshot.security.tls.pki;

import dev.earshot.Identity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import org.bouncycastle.asn1.DERBMPString;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.pkcs.PKCS12PfxPduBuilder;
import org.bouncycastle.pkcs.PKCS12SafeBag;
import org.bouncycastle.pkcs.PKCS12SafeBagBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.bc.BcPKCS12MacCalculatorBuilder;
import org.bouncycastle.pkcs.bc.BcPKCS12PBEOutputEncryptorBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS12SafeBagBuilder;

/**
 * PKCS#12 as every program reads it: triple DES and a MAC of SHA-1 (RFC 7292, appendix C). Older
 * {@code SecPKCS12Import}s refuse what OpenSSL 3 and Java write today.
 */
final class CompatiblePkcs12 {
  private static final int ITERATIONS = 10_000;

  private CompatiblePkcs12() {}

  static byte[] encode(Identity identity, char[] password)
      throws IOException, GeneralSecurityException {
    DEROctetString keyId = keyId(identity.certificate());
    DERBMPString name = new DERBMPString(identity.subject());
    List<X509Certificate> chain = identity.chain();
    PKCS12SafeBag[] certificates = new PKCS12SafeBag[chain.size()];
    for (int i = 0; i < certificates.length; i++) {
      PKCS12SafeBagBuilder bag = new JcaPKCS12SafeBagBuilder(chain.get(i));
      certificates[i] = (i == 0 ? labelled(bag, keyId, name) : bag).build();
    }
    PKCS12SafeBagBuilder key = new PKCS12SafeBagBuilder(keyInfo(identity), encryptor(password));
    try {
      return new PKCS12PfxPduBuilder()
          .addEncryptedData(encryptor(password), certificates)
          .addData(labelled(key, keyId, name).build())
          .build(new BcPKCS12MacCalculatorBuilder().setIterationCount(ITERATIONS), password)
          .getEncoded();
    } catch (PKCSException e) {
      throw new IOException("encoding " + identity, e);
    }
  }

  /**
   * The private key as PKCS#8. The JDK leaves the public key of a curve out, without which some
   * programs cannot read it (RFC 5915, section 3: it SHOULD be there).
   */
  static PrivateKeyInfo keyInfo(Identity identity) throws IOException {
    PrivateKeyInfo plain = PrivateKeyInfo.getInstance(identity.privateKey().getEncoded());
    if (!plain.getPrivateKeyAlgorithm().getAlgorithm().equals(X9ObjectIdentifiers.id_ecPublicKey)) {
      return plain;
    }
    SubjectPublicKeyInfo publicKey =
        SubjectPublicKeyInfo.getInstance(identity.certificate().getPublicKey().getEncoded());
    ECPrivateKey bare = ECPrivateKey.getInstance(plain.parsePrivateKey());
    int bits =
        ((ECPublicKey) identity.certificate().getPublicKey()).getParams().getOrder().bitLength();
    ECPrivateKey whole =
        new ECPrivateKey(
            bits,
            bare.getKey(),
            publicKey.getPublicKeyData(),
            plain.getPrivateKeyAlgorithm().getParameters());
    return new PrivateKeyInfo(plain.getPrivateKeyAlgorithm(), whole);
  }

  private static PKCS12SafeBagBuilder labelled(
      PKCS12SafeBagBuilder bag, DEROctetString keyId, DERBMPString name) {
    return bag.addBagAttribute(PKCSObjectIdentifiers.pkcs_9_at_friendlyName, name)
        .addBagAttribute(PKCSObjectIdentifiers.pkcs_9_at_localKeyId, keyId);
  }

  private static OutputEncryptor encryptor(char[] password) {
    return new BcPKCS12PBEOutputEncryptorBuilder(
            PKCSObjectIdentifiers.pbeWithSHAAnd3_KeyTripleDES_CBC,
            CBCBlockCipher.newInstance(new DESedeEngine()))
        .setIterationCount(ITERATIONS)
        .build(password);
  }

  /** Only says which certificate is the key's; SHA-1 as others have it, no security in it. */
  private static DEROctetString keyId(X509Certificate certificate) throws GeneralSecurityException {
    byte[] encoded = certificate.getPublicKey().getEncoded();
    return new DEROctetString(MessageDigest.getInstance("SHA-1").digest(encoded));
  }
}
