package dev.earshot.security.tls.psk;

import dev.earshot.Payload;
import dev.earshot.SecurityMetadata;
import dev.earshot.TlsVersion;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * How far a handshake has come, written by Bouncy Castle's callbacks. Used by one thread at a time.
 */
final class HandshakeFacts {
  private static final int NO_ALERT = -1;
  private static final int SMALLEST_FRAGMENT_BITS = 8;
  private static final int LARGEST_FRAGMENT_BITS = 14;

  private boolean suiteAgreed;
  private boolean noCommonSuite;
  private boolean keyMissing;
  private boolean noKeyOffered;
  private boolean keyNotTaken;
  private @Nullable Payload identity;
  private int raised = NO_ALERT;
  private boolean peerClosed;
  private @Nullable SecurityMetadata metadata;
  private int maximumContent = 1 << LARGEST_FRAGMENT_BITS;

  /** Both sides have a suite in common. */
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

  /** The identity that the client named, and the server goes on with. */
  void identity(Payload name) {
    identity = name;
  }

  @Nullable Payload identity() {
    return identity;
  }

  /** There is no key for the identity. */
  void keyMissing() {
    keyMissing = true;
  }

  boolean isKeyMissing() {
    return keyMissing;
  }

  /** The client speaks TLS 1.3 and offers no key. */
  void noKeyOffered() {
    noKeyOffered = true;
  }

  boolean isNoKeyOffered() {
    return noKeyOffered;
  }

  /** The server speaks TLS 1.3 and has not taken the key. */
  void keyNotTaken() {
    keyNotTaken = true;
  }

  boolean isKeyNotTaken() {
    return keyNotTaken;
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

  /** Whether the peer has said farewell in the middle of the handshake. */
  boolean isPeerClosed() {
    return peerClosed;
  }

  /** The handshake is over, and well. */
  void complete(TlsContext context) {
    SecurityParameters settled = context.getSecurityParametersConnection();
    int suite = settled.getCipherSuite();
    short fragment = settled.getMaxFragmentLength();
    if (fragment >= 0) {
      maximumContent = 1 << (SMALLEST_FRAGMENT_BITS + fragment); // RFC 6066, section 4
    }
    metadata =
        new SecurityMetadata(
            TlsUtils.isTLSv13(settled.getNegotiatedVersion())
                ? TlsVersion.TLS_1_3.protocol()
                : TlsVersion.TLS_1_2.protocol(),
            PskSuite.ofCode(suite).name(),
            Optional.ofNullable(identity));
  }

  /** Null until the handshake is over. */
  @Nullable SecurityMetadata metadata() {
    return metadata;
  }

  int maximumContent() {
    return maximumContent;
  }
}
