package dev.earshot.security.tls.psk;

import dev.earshot.Payload;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.PSKTlsServer;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsKeyExchangeFactory;
import org.bouncycastle.tls.TlsPSKIdentityManager;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.jspecify.annotations.Nullable;

/** The accepting side of a handshake, as Bouncy Castle asks for it. */
final class PskServer extends PSKTlsServer {
  private static final int MAXIMUM_MESSAGE = 1 << 13;
  private static final int NO_GROUP = -1;

  /** Dearest first. */
  private static final int[] GROUPS = {NamedGroup.x25519, NamedGroup.secp256r1};

  private final int[] suites;
  private final HandshakeFacts facts;
  private final TlsKeyExchangeFactory keyExchanges;

  PskServer(
      TlsCrypto crypto,
      List<PskSuite> suites,
      KeyLookup lookup,
      HandshakeFacts facts,
      TlsKeyExchangeFactory keyExchanges) {
    super(crypto, new Keys(lookup, facts));
    this.suites = PskSuite.codes(suites);
    this.facts = facts;
    this.keyExchanges = keyExchanges;
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return suites.clone();
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
    return Arrays.stream(GROUPS)
        .filter(group -> Arrays.stream(offered).anyMatch(other -> other == group))
        .findFirst()
        .orElse(NO_GROUP);
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
    return keyExchanges;
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

  /** The look-up of keys, in Bouncy Castle's terms. */
  private static final class Keys implements TlsPSKIdentityManager {
    private final KeyLookup lookup;
    private final HandshakeFacts facts;

    private Keys(KeyLookup lookup, HandshakeFacts facts) {
      this.lookup = lookup;
      this.facts = facts;
    }

    /** RFC 4279, section 5.2: no hint, unless a profile needs one. */
    @Override
    public byte @Nullable [] getHint() {
      return null;
    }

    /**
     * Null for an unknown identity, on which the handshake ends with unknown_psk_identity.
     *
     * <p>RFC 4279, section 2, allows to go on with a random key instead, to hide which identities
     * exist. Here the peer is told, so that its user knows what to change; so nothing would be
     * gained by taking the time that a known identity takes.
     */
    @Override
    public byte @Nullable [] getPSK(byte[] identity) {
      facts.identity(Payload.copyOf(identity));
      byte[] key = lookup.find(identity);
      if (key == null) {
        facts.keyMissing();
      }
      return key;
    }
  }
}
