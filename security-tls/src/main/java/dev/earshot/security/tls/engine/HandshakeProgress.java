package dev.earshot.security.tls.engine;

import dev.earshot.SecurityMetadata;
import dev.earshot.TlsVersion;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.SecurityParameters;
import org.bouncycastle.tls.TlsContext;
import org.bouncycastle.tls.TlsUtils;
import org.jspecify.annotations.Nullable;

/**
 * How far a handshake has come, written by Bouncy Castle's callbacks. Used by one thread at a time.
 */
public abstract class HandshakeProgress {
  private static final int NO_ALERT = -1;
  private static final int SMALLEST_FRAGMENT_BITS = 8;
  private static final int LARGEST_FRAGMENT_BITS = 14;

  private boolean suiteAgreed;
  private boolean noCommonSuite;
  private boolean peerClosed;
  private int raised = NO_ALERT;
  private @Nullable SecurityMetadata metadata;
  private int maximumContent = 1 << LARGEST_FRAGMENT_BITS;

  /** Begins with nothing known. */
  protected HandshakeProgress() {}

  /** Both sides have a suite in common. */
  public final void suiteAgreed() {
    suiteAgreed = true;
  }

  /** Whether both sides have a suite in common. */
  public final boolean isSuiteAgreed() {
    return suiteAgreed;
  }

  /** The sides have no suite in common. */
  public final void noCommonSuite() {
    noCommonSuite = true;
  }

  /** Whether it is known that the sides have no suite in common. */
  public final boolean hasNoCommonSuite() {
    return noCommonSuite;
  }

  /** This side has raised an alert. */
  public final void raised(int alert) {
    raised = alert;
  }

  /** The alert that this side raised, or -1. */
  public final int raised() {
    return raised;
  }

  /** The peer has sent an alert. */
  public final void received(int alert) {
    peerClosed |= alert == AlertDescription.close_notify;
  }

  /** Whether the peer has said farewell in the middle of the handshake. */
  public final boolean isPeerClosed() {
    return peerClosed;
  }

  /** The handshake is over, and well, as far as TLS is concerned. */
  public final void complete(TlsContext context) {
    SecurityParameters settled = context.getSecurityParametersConnection();
    short fragment = settled.getMaxFragmentLength();
    if (fragment >= 0) {
      maximumContent = 1 << (SMALLEST_FRAGMENT_BITS + fragment); // RFC 6066, section 4
    }
    metadata = settled(protocol(settled), settled.getCipherSuite());
  }

  /** What users are told of a handshake that is over. */
  protected abstract SecurityMetadata settled(String protocol, int suite);

  /** The version that {@code settled} has. */
  protected static String protocol(SecurityParameters settled) {
    boolean tls13 = TlsUtils.isTLSv13(settled.getNegotiatedVersion());
    return (tls13 ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2).protocol();
  }

  /** Null until the handshake is over. */
  public final @Nullable SecurityMetadata metadata() {
    return metadata;
  }

  /** The bytes of content that a record may have. */
  public final int maximumContent() {
    return maximumContent;
  }
}
