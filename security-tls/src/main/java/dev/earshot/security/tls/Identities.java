package dev.earshot.security.tls;

import dev.earshot.Identity;
import dev.earshot.security.tls.pki.CertificateMint;
import dev.earshot.security.tls.pki.IdentityFile;
import dev.earshot.security.tls.pki.PrivateFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Makes, stores and loads identities. Thread-safe; what touches files blocks.
 *
 * <p>An identity that is made here is its own authority: others recognise it by its fingerprint.
 * Files are PKCS#12 (RFC 7292), as {@code openssl pkcs12} and the key chains of systems read it,
 * and only their owner can read them.
 */
public final class Identities {
  /** How long a certificate is valid unless told otherwise: about ten years. */
  public static final Duration DEFAULT_VALIDITY = Duration.ofDays(3653);

  private Identities() {}

  /** What kind of key an identity has. */
  public enum KeyType {
    /** ECDSA with the curve P-256: what everything understands. */
    P256,
    /** Ed25519 (RFC 8410): not understood by Apple's systems. */
    ED25519
  }

  /** How a file is encrypted. */
  public enum Encryption {
    /** AES-256 and SHA-256: OpenSSL from 1.1 on, Java from 17 on, not every key chain. */
    STRONG,
    /**
     * Triple DES and SHA-1, which {@code SecPKCS12Import} of every Apple system and old programs
     * read. The file's mode protects it; choose a long password if it is to travel.
     */
    COMPATIBLE
  }

  /** A new identity for {@code name} with a key of P-256, valid from now for ten years. */
  public static Identity mint(String name) {
    return minting(name).mint();
  }

  /** Begins to make an identity for {@code name}: 1 to 64 characters, which anybody can read. */
  public static Minting minting(String name) {
    return new Minting(name);
  }

  /**
   * Writes {@code identity} to a new file, which only its owner can read; all of it or nothing.
   *
   * @param password at least one character, of ASCII; it is not kept
   * @throws FileAlreadyExistsException if there is one
   * @throws IllegalArgumentException if the key cannot leave its provider
   */
  public static void store(Identity identity, Path file, char[] password, Encryption encryption)
      throws IOException {
    PrivateFile.create(file, IdentityFile.encode(identity, password, isStrong(encryption)));
  }

  /** The same, in place of a file that may be there. */
  public static void replace(Identity identity, Path file, char[] password, Encryption encryption)
      throws IOException {
    PrivateFile.replace(file, IdentityFile.encode(identity, password, isStrong(encryption)));
  }

  /**
   * Reads the one identity of a PKCS#12 file. If others than its owner may read it, a warning is
   * logged.
   *
   * @throws IOException if there is none, several, or the password is wrong; the message says which
   */
  public static Identity load(Path file, char[] password) throws IOException {
    return IdentityFile.load(file, password);
  }

  /**
   * Reads an identity of two PEM files.
   *
   * @param certificates the owner's certificate first, then whoever signed it
   * @param key an unencrypted key in PKCS#8 ({@code BEGIN PRIVATE KEY})
   */
  public static Identity loadPem(Path certificates, Path key) throws IOException {
    return IdentityFile.loadPem(certificates, key);
  }

  private static boolean isStrong(Encryption encryption) {
    return Objects.requireNonNull(encryption, "encryption") == Encryption.STRONG;
  }

  /** What an identity will be. Not safe for several threads. */
  public static final class Minting {
    /** Peers whose clocks are slow should not have to wait. */
    private static final Duration BACKDATED = Duration.ofDays(1);

    private final String name;
    private final List<String> hosts = new ArrayList<>();
    private KeyType keyType = KeyType.P256;
    private Duration validity = DEFAULT_VALIDITY;

    private Minting(String name) {
      CertificateMint.requireName(name);
      this.name = name;
    }

    /** Sets the kind of key; P-256 by default. */
    public Minting keyType(KeyType type) {
      keyType = Objects.requireNonNull(type, "type");
      return this;
    }

    /** Adds a host name, or a numeric address, that the certificate is made out to. */
    public Minting host(String host) {
      hosts.add(CertificateMint.requireHost(host));
      return this;
    }

    /** Sets how long the certificate is valid from now on; ten years by default. */
    public Minting validity(Duration time) {
      if (time.isNegative() || time.isZero()) {
        throw new IllegalArgumentException("validity " + time + " is not positive");
      }
      validity = time;
      return this;
    }

    /** The identity; each call makes another. */
    public Identity mint() {
      Instant now = Instant.now();
      return CertificateMint.selfSigned(
          keyType == KeyType.ED25519,
          new CertificateMint.Wording(name, hosts, now.minus(BACKDATED), now.plus(validity)));
    }
  }
}
