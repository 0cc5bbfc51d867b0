package dev.earshot.security.tls.pki;

import dev.earshot.Endpoint;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * The certificate authorities of the Java platform, and on the connecting side the host's name.
 * Thread-safe. Reading the authorities takes a moment, judging a chain is work for a worker.
 */
public final class PlatformTrust {
  /** The name of the key exchange in TLS 1.3, which stands for one that is signed. */
  private static final String SIGNED = "UNKNOWN";

  private final X509TrustManager authorities;

  private PlatformTrust(X509TrustManager authorities) {
    this.authorities = authorities;
  }

  /** With the platform's authorities, as its system properties choose them. */
  public static PlatformTrust ofSystem() {
    return of(null);
  }

  /** With the authorities of {@code store}; null for the platform's. */
  static PlatformTrust of(@Nullable KeyStore store) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509TrustManager found) {
          return new PlatformTrust(found);
        }
      }
      throw new IllegalStateException("this platform evaluates no certificates");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("reading the platform's certificate authorities", e);
    }
  }

  /**
   * What speaks against {@code chain}.
   *
   * @param endpoint what this side connects to; its name has to be certified if it is a host
   */
  public Optional<Objection> judge(
      List<X509Certificate> chain, boolean accepting, Endpoint endpoint) {
    X509Certificate[] shown = chain.toArray(new X509Certificate[0]);
    String who = "the certificate " + PeerChain.name(shown[0]);
    try {
      if (accepting) {
        authorities.checkClientTrusted(shown, SIGNED);
      } else {
        authorities.checkServerTrusted(shown, SIGNED);
      }
    } catch (CertificateException | IllegalArgumentException e) {
      return Optional.of(
          Objection.notTrusted(
              who
                  + " is not trusted by the certificate authorities of this platform; a"
                  + " certificate that was made by its owner is trusted by its fingerprint"));
    }
    if (!accepting
        && endpoint instanceof Endpoint.HostPort host
        && !HostCheck.matches(shown[0], host.host())) {
      return Optional.of(Objection.notTrusted(who + " is not made out to " + host.host()));
    }
    return Optional.empty();
  }
}
