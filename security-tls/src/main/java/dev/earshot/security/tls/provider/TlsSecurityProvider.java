package dev.earshot.security.tls.provider;

import dev.earshot.Security;
import dev.earshot.TlsVersion;
import dev.earshot.security.tls.dtls.CertificateDatagrams;
import dev.earshot.security.tls.dtls.PskDatagrams;
import dev.earshot.security.tls.pki.CertificateTrust;
import dev.earshot.security.tls.pki.PkiSecurity;
import dev.earshot.security.tls.psk.PskSecurity;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.PeerTrust;
import dev.earshot.spi.SecurityProvider;
import dev.earshot.spi.StreamSecurity;
import java.security.SecureRandom;

/** TLS for stream transports, with pre-shared keys or certificates. Thread-safe. */
public final class TlsSecurityProvider implements SecurityProvider {
  /** Of all connections with keys: to make one for each would take long. */
  private final SecureRandom random = new SecureRandom();

  /** For the service loader. */
  public TlsSecurityProvider() {}

  @Override
  public String name() {
    return "tls";
  }

  @Override
  public boolean supports(Security security) {
    return security instanceof Security.Psk || security instanceof Security.Pki;
  }

  @Override
  public boolean supportsDatagrams(Security security) {
    return security instanceof Security.Pki pki
        ? !pki.tls13Required()
        : security instanceof Security.Psk psk && psk.versions().contains(TlsVersion.TLS_1_2);
  }

  @Override
  public DatagramSecurity datagramSecurity(Security security) {
    if (security instanceof Security.Psk psk && supportsDatagrams(security)) {
      return new PskDatagrams(psk);
    }
    if (security instanceof Security.Pki pki && supportsDatagrams(security)) {
      return new CertificateDatagrams(pki);
    }
    throw new IllegalArgumentException(security + " is not supported by " + name() + " with UDP");
  }

  @Override
  public boolean supportsPeerTrust() {
    return true;
  }

  @Override
  public PeerTrust peerTrust(Security.Pki security) {
    return new CertificateTrust(security);
  }

  @Override
  public StreamSecurity streamSecurity(Security security) {
    if (security instanceof Security.Psk psk) {
      return new PskSecurity(psk, random);
    }
    if (security instanceof Security.Pki pki) {
      return new PkiSecurity(pki);
    }
    throw new IllegalArgumentException(security + " is not supported by " + name());
  }
}
