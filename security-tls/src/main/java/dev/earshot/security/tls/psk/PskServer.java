package dev.earshot.security.tls.psk;

import dev.earshot.Payload;
import java.io.IOException;
import java.util.Arrays;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.PSKTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.PskIdentity;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsKeyExchangeFactory;
import org.bouncycastle.tls.TlsPSKExternal;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.jspecify.annotations.Nullable;

/** The accepting side of a handshake, as Bouncy Castle asks for it. */
final class PskServer extends PSKTlsServer {
  private static final int MAXIMUM_MESSAGE = 1 << 13;
  private static final int NO_GROUP = -1;

  /** Dearest first. */
  private static final int[] GROUPS = {NamedGroup.x25519, NamedGroup.secp256r1};

  private final PskTerms terms;
  private final AcceptingKeys keys;
  private final HandshakeFacts facts;
  private final IdentityAsKey identityAsKey;

  PskServer(IdentityAsKey identityAsKey, PskTerms terms, AcceptingKeys keys, HandshakeFacts facts) {
    super(identityAsKey.crypto(), new Names(keys));
    this.terms = terms;
    this.keys = keys;
    this.facts = facts;
    this.identityAsKey = identityAsKey;
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return terms.versions();
  }

  /**
   * Without TLS 1.3 if the client offers no key for it: Bouncy Castle would agree on it and then
   * miss the key, although suites of TLS 1.2 with keys are offered too, as by Apple's samples.
   */
  @Override
  public ProtocolVersion[] getProtocolVersions() {
    ProtocolVersion[] all = super.getProtocolVersions();
    boolean older = ProtocolVersion.contains(all, ProtocolVersion.TLSv12);
    return older && keys.offered() == null ? ProtocolVersion.TLSv12.only() : all;
  }

  @Override
  public ProtocolVersion getServerVersion() throws IOException {
    ProtocolVersion version = super.getServerVersion();
    if (version.equals(ProtocolVersion.TLSv13) && keys.offered() == null) {
      // Else Bouncy Castle would look for a certificate.
      facts.noKeyOffered();
      throw new TlsFatalAlert(AlertDescription.handshake_failure);
    }
    return version;
  }

  /**
   * Never null, which would mean to go on with a certificate. Called twice if a hello is retried.
   */
  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public TlsPSKExternal getExternalPSK(Vector identities) {
    // RFC 8446, section 4.2.11: ages of external keys are ignored. These are Bouncy Castle's own,
    // among which it looks for ours with an age of 0.
    identities.replaceAll(offered -> new PskIdentity(((PskIdentity) offered).getIdentity(), 0));
    Payload identity = keys.chosen();
    byte[] key = keys.keyFor(identity);
    try {
      return new BasicTlsPSKExternal(identity.toByteArray(), getCrypto().createSecret(key));
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return terms.codes();
  }

  /** Ours: a peer that prefers speed to secrecy does not decide. */
  @Override
  protected boolean preferLocalCipherSuites() {
    return true;
  }

  @Override
  @SuppressWarnings("rawtypes")
  protected boolean isSelectableCipherSuite(
      int suite, int curveBits, int fieldBits, Vector signatures) {
    if (PskSuite.ofCode(suite).isTls13()) {
      return false; // this is asked in TLS 1.2 only, where a client may offer those as well
    }
    boolean groupless = suite == CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256;
    return groupless || selectECDH(0) != NO_GROUP;
  }

  @Override
  public int[] getSupportedGroups() {
    return GROUPS.clone();
  }

  @Override
  protected int selectECDH(int minimumBits) {
    int[] offered = context.getSecurityParametersHandshake().getClientSupportedGroups();
    if (offered == null) {
      return NamedGroup.secp256r1; // RFC 8422, section 4: then the server is free to choose
    }
    for (int group : GROUPS) {
      for (int other : offered) {
        if (other == group) {
          return group;
        }
      }
    }
    return NO_GROUP;
  }

  @Override
  public int getSelectedCipherSuite() throws IOException {
    try {
      int suite = super.getSelectedCipherSuite();
      facts.suiteAgreed();
      return suite;
    } catch (TlsFatalAlert e) {
      facts.noCommonSuite();
      throw e;
    }
  }

  @Override
  public int getMaxHandshakeMessageSize() {
    return MAXIMUM_MESSAGE;
  }

  @Override
  public TlsKeyExchangeFactory getKeyExchangeFactory() {
    return identityAsKey.keyExchanges();
  }

  @Override
  public void notifyAlertRaised(
      short level, short alert, @Nullable String message, @Nullable Throwable cause) {
    facts.raised(alert);
  }

  @Override
  public void notifyAlertReceived(short level, short alert) {
    facts.received(alert);
  }

  @Override
  public void notifyHandshakeComplete() throws IOException {
    super.notifyHandshakeComplete();
    facts.complete(context);
  }

  /** The look-up of keys for TLS 1.2, in Bouncy Castle's terms. */
  private static final class Names implements TlsPSKIdentityManager {
    private final AcceptingKeys keys;

    private Names(AcceptingKeys keys) {
      this.keys = keys;
    }

    /** RFC 4279, section 5.2: no hint, unless a profile needs one. */
    @Override
    public byte @Nullable [] getHint() {
      return null;
    }

    /** Never null; see {@link AcceptingKeys}. */
    @Override
    public byte[] getPSK(byte[] identity) {
      return keys.keyFor(Payload.copyOf(identity));
    }
  }
}
