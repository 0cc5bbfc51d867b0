package dev.earshot.security.tls.pki;

import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.engine.HandshakeProgress;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.jspecify.annotations.Nullable;

/** How far a handshake with certificates has come. Used by one thread at a time. */
final class PkiFacts extends HandshakeProgress {
  private boolean certificateAskedFor;
  private boolean certificateShown;
  private @Nullable Objection objection;
  private List<X509Certificate> chain = List.of();
  private Optional<String> protocol = Optional.empty();
  private Optional<String> cipherSuite = Optional.empty();

  /** The peer wants a certificate of this side, which it gets or not. */
  void certificateAskedFor(boolean shown) {
    certificateAskedFor = true;
    certificateShown = shown;
  }

  boolean isCertificateMissing() {
    return certificateAskedFor && !certificateShown;
  }

  void objection(Objection against) {
    objection = against;
  }

  /** Why this side does not want the peer; null if it does. */
  @Nullable Objection objection() {
    return objection;
  }

  /** The peer has shown {@code certificates}, and will have to prove that the first is its own. */
  void chain(List<X509Certificate> certificates, TlsContext context) {
    SecurityParameters agreed = context.getSecurityParametersHandshake();
    chain = certificates;
    protocol = Optional.of(protocol(agreed));
    cipherSuite = Optional.of(PkiSuite.name(agreed.getCipherSuite()));
  }

  List<X509Certificate> chain() {
    return chain;
  }

  /** The version, once certificates have been shown. */
  Optional<String> protocol() {
    return protocol;
  }

  /** The suite, once certificates have been shown. */
  Optional<String> cipherSuite() {
    return cipherSuite;
  }

  @Override
  protected SecurityMetadata settled(String settledProtocol, int suite) {
    return new SecurityMetadata(settledProtocol, PkiSuite.name(suite), Optional.empty(), chain);
  }
}
