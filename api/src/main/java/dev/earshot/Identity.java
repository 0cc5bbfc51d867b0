package dev.earshot;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.security.auth.DestroyFailedException;
import javax.security.auth.Destroyable;
import org.jspecify.annotations.Nullable;

/**
 * A private key and the certificate that names its owner: what one side of TLS proves itself with.
 *
 * <p>{@code dev.earshot.security.tls.Identities} makes, stores and loads identities; any {@link
 * PrivateKey} will do, also one that never leaves its hardware, such as a key of a PKCS#11
 * provider: it is only ever signed with. Thread-safe. {@link #destroy} lets go of the key;
 * handshakes that begin later fail.
 */
public final class Identity implements Destroyable {
  /** The most certificates that a chain may have. */
  public static final int MAXIMUM_CHAIN = 10;

  private final List<X509Certificate> chain;
  private final AtomicReference<@Nullable PrivateKey> key;

  private Identity(PrivateKey key, List<X509Certificate> chain) {
    this.key = new AtomicReference<>(key);
    this.chain = chain;
  }

  /**
   * An identity of {@code key} and {@code chain}.
   *
   * @param key the private key; where it can be read, it is tried out once against the certificate
   * @param chain the owner's certificate first, then whoever signed it, one after the other; at
   *     most 10
   * @throws IllegalArgumentException if the chain is empty or too long, or the key is that of
   *     another certificate
   */
  public static Identity of(PrivateKey key, List<X509Certificate> chain) {
    if (chain.isEmpty() || chain.size() > MAXIMUM_CHAIN) {
      throw new IllegalArgumentException(
          "chain of " + chain.size() + " certificates, not 1 to " + MAXIMUM_CHAIN);
    }
    List<X509Certificate> copy = List.copyOf(chain);
    if (key.getEncoded() != null && !belongs(key, copy.get(0).getPublicKey())) {
      throw new IllegalArgumentException(
          "the private key is not that of the certificate of "
              + Endpoint.Bonjour.printable(copy.get(0).getSubjectX500Principal().getName()));
    }
    return new Identity(key, copy);
  }

  /** The certificates, the owner's first. */
  public List<X509Certificate> chain() {
    return chain;
  }

  /** The owner's certificate. */
  public X509Certificate certificate() {
    return chain.get(0);
  }

  /** The SHA-256 fingerprint of the owner's certificate: what others pin. */
  public Fingerprint fingerprint() {
    return Fingerprint.of(certificate());
  }

  /** The SHA-256 fingerprint of the owner's public key, which outlives a certificate. */
  public Fingerprint keyFingerprint() {
    return Fingerprint.ofKey(certificate().getPublicKey());
  }

  /** The owner's name as the certificate has it, such as {@code CN=Den}; may be empty. */
  public String subject() {
    return certificate().getSubjectX500Principal().getName();
  }

  /**
   * The private key, to sign with.
   *
   * @throws IllegalStateException if it has been destroyed
   */
  public PrivateKey privateKey() {
    PrivateKey own = key.get();
    if (own == null) {
      throw new IllegalStateException(this + " has been destroyed");
    }
    return own;
  }

  /** Lets go of the private key, and overwrites it where its provider can. */
  @Override
  public void destroy() {
    PrivateKey gone = key.getAndSet(null);
    if (gone != null) {
      try {
        gone.destroy();
      } catch (DestroyFailedException e) {
        // Most providers cannot. Nobody can get at the key through this object any more.
        System.getLogger(Identity.class.getName())
            .log(System.Logger.Level.DEBUG, "the provider does not overwrite its keys", e);
      }
    }
  }

  @Override
  public boolean isDestroyed() {
    return key.get() == null;
  }

  /** The subject, with what could upset a terminal escaped, and the fingerprint; never the key. */
  @Override
  public String toString() {
    return "Identity['" + Endpoint.Bonjour.printable(subject()) + "', " + fingerprint() + "]";
  }

  private static boolean belongs(PrivateKey own, PublicKey certified) {
    String algorithm =
        switch (certified.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          case "RSASSA-PSS" -> "";
          default -> certified.getAlgorithm(); // Ed25519, or EdDSA: signature and key share a name
        };
    if (algorithm.isEmpty()) {
      return true; // its parameters say how it may be used; a handshake will show
    }
    byte[] probe = {'e', 'a', 'r', 's', 'h', 'o', 't'};
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(own);
      signer.update(probe);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(certified);
      verifier.update(probe);
      return verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      return false; // a key of another kind, or one that does not sign
    }
  }
}
