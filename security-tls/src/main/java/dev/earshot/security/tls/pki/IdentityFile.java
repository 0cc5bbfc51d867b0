package dev.earshot.security.tls.pki;

import dev.earshot.Identity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

/** Identities as files: PKCS#12 both ways (RFC 7292), PEM for reading. */
public final class IdentityFile {
  private static final String ALIAS = "identity";
  private static final long MAXIMUM_SIZE = 1 << 20;
  private static final String PEM_KEY = "-----BEGIN PRIVATE KEY-----";
  private static final String PEM_KEY_END = "-----END PRIVATE KEY-----";

  private IdentityFile() {}

  /** {@code identity} as PKCS#12, encrypted strongly, or as old programs read it. */
  public static byte[] encode(Identity identity, char[] password, boolean strong)
      throws IOException {
    requirePassword(password);
    PrivateKey key = identity.privateKey();
    if (key.getEncoded() == null) {
      throw new IllegalArgumentException(
          "the key of " + identity + " cannot leave its provider, so it cannot be stored");
    }
    try {
      return strong ? strong(identity, password) : CompatiblePkcs12.encode(identity, password);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("encoding " + identity, e);
    }
  }

  /** ASCII only: programs differ in how they read anything else, and the JDK refuses it. */
  private static void requirePassword(char[] password) {
    boolean readable = password.length > 0;
    for (char c : password) {
      readable &= c >= 0x20 && c < 0x7F;
    }
    if (!readable) {
      throw new IllegalArgumentException(
          "an identity is stored with a password of at least one character, all of them ASCII");
    }
  }

  private static byte[] strong(Identity identity, char[] password)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        ALIAS, identity.privateKey(), password, identity.chain().toArray(new Certificate[0]));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    store.store(out, password);
    return out.toByteArray();
  }

  /** The one identity of a PKCS#12 file. */
  public static Identity load(Path file, char[] password) throws IOException {
    byte[] content = read(file);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(content), password);
      Identity identity = Identity.of(privateKey(store, file, password), chain(store, file));
      PrivateFile.warnIfOthersRead(file);
      return identity;
    } catch (IOException e) {
      boolean wrong = e.getCause() instanceof UnrecoverableKeyException;
      throw new IOException(
          file
              + (wrong
                  ? ": the password is wrong"
                  : " cannot be read as PKCS#12: " + e.getMessage()),
          e);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(file + " holds no usable identity: " + e.getMessage(), e);
    }
  }

  private static PrivateKey privateKey(KeyStore store, Path file, char[] password)
      throws GeneralSecurityException, IOException {
    return (PrivateKey) store.getKey(onlyKey(store, file), password);
  }

  private static List<X509Certificate> chain(KeyStore store, Path file)
      throws GeneralSecurityException {
    List<X509Certificate> chain = new ArrayList<>();
    for (Certificate certificate : store.getCertificateChain(onlyKey(store, file))) {
      chain.add((X509Certificate) certificate);
    }
    return chain;
  }

  private static String onlyKey(KeyStore store, Path file) throws GeneralSecurityException {
    List<String> keys = new ArrayList<>();
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias) && store.getCertificateChain(alias) != null) {
        keys.add(alias);
      }
    }
    if (keys.size() != 1) {
      throw new IllegalArgumentException(
          "it has " + keys.size() + " private keys with certificates, not one");
    }
    return keys.get(0);
  }

  /** The identity of a file with certificates and one with a key. */
  public static Identity loadPem(Path certificates, Path key) throws IOException {
    try {
      List<X509Certificate> chain = new ArrayList<>();
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(read(certificates)))) {
        chain.add((X509Certificate) certificate);
      }
      if (chain.isEmpty()) {
        throw new IOException(certificates + " has no certificate");
      }
      return Identity.of(pemKey(key, chain.get(0).getPublicKey().getAlgorithm()), chain);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException(
          certificates + " and " + key + " hold no usable identity: " + e.getMessage(), e);
    }
  }

  private static PrivateKey pemKey(Path file, String algorithm)
      throws IOException, GeneralSecurityException {
    String text = new String(read(file), StandardCharsets.ISO_8859_1);
    int start = text.indexOf(PEM_KEY);
    int end = text.indexOf(PEM_KEY_END);
    if (start < 0 || end < start) {
      throw new IOException(file + " has no unencrypted PKCS#8 key (" + PEM_KEY + ")");
    }
    PrivateFile.warnIfOthersRead(file);
    byte[] der = Base64.getMimeDecoder().decode(text.substring(start + PEM_KEY.length(), end));
    try {
      return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  private static byte[] read(Path file) throws IOException {
    if (Files.size(file) > MAXIMUM_SIZE) {
      throw new IOException(file + " is longer than any identity");
    }
    return Files.readAllBytes(file);
  }
}
