package dev.earshot.security.tls.pki;

import dev.earshot.SecurityMetadata;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * How far a handshake has come, written by Bouncy Castle's callbacks. Used by one thread at a time.
 */
final class PkiFacts {
  private static final int NO_ALERT = -1;
  private static final int SMALLEST_FRAGMENT_BITS = 8;
  private static final int LARGEST_FRAGMENT_BITS = 14;

  private boolean suiteAgreed;
  private boolean noCommonSuite;
  private boolean certificateAskedFor;
  private boolean certificateShown;
  private boolean peerClosed;
  private int raised = NO_ALERT;
  private @Nullable Objection objection;
  private List<X509Certificate> chain = List.of();
  private Optional<String> protocol = Optional.empty();
  private Optional<String> cipherSuite = Optional.empty();
  private @Nullable SecurityMetadata metadata;
  private int maximumContent = 1 << LARGEST_FRAGMENT_BITS;

  void suiteAgreed() {
    suiteAgreed = true;
  }

  boolean isSuiteAgreed() {
    return suiteAgreed;
  }

  void noCommonSuite() {
    noCommonSuite = true;
  }

  boolean hasNoCommonSuite() {
    return noCommonSuite;
  }

  /** The peer wants a certificate of this side, which it gets or not. */
  void certificateAskedFor(boolean shown) {
    certificateAskedFor = true;
    certificateShown = shown;
  }

  boolean isCertificateMissing() {
    return certificateAskedFor && !certificateShown;
  }

  void raised(int alert) {
    raised = alert;
  }

  /** The alert that this side raised, or -1. */
  int raised() {
    return raised;
  }

  void received(int alert) {
    peerClosed |= alert == AlertDescription.close_notify;
  }

  boolean isPeerClosed() {
    return peerClosed;
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
    chain = certificates;
    protocol = Optional.of(protocol(TlsUtils.isTLSv13(context)));
    cipherSuite =
        Optional.of(PkiSuite.name(context.getSecurityParametersHandshake().getCipherSuite()));
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

  /** The handshake is over, and well, as far as TLS is concerned. */
  void complete(TlsContext settledBy) {
    SecurityParameters settled = settledBy.getSecurityParametersConnection();
    short fragment = settled.getMaxFragmentLength();
    if (fragment >= 0) {
      maximumContent = 1 << (SMALLEST_FRAGMENT_BITS + fragment); // RFC 6066, section 4
    }
    metadata =
        new SecurityMetadata(
            protocol(TlsUtils.isTLSv13(settled.getNegotiatedVersion())),
            PkiSuite.name(settled.getCipherSuite()),
            Optional.empty(),
            chain);
  }

  /** Null until the handshake is over. */
  @Nullable SecurityMetadata metadata() {
    return metadata;
  }

  int maximumContent() {
    return maximumContent;
  }

  private static String protocol(boolean tls13) {
    return tls13 ? "TLSv1.3" : "TLSv1.2";
  }
}
