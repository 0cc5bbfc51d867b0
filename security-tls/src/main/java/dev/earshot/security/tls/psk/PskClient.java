package dev.earshot.security.tls.psk;

import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.BasicTlsPSKExternal;
import org.bouncycastle.tls.CertificateStatusRequest;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.PSKTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsPSK;
import org.bouncycastle.tls.TlsPSKIdentity;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.jspecify.annotations.Nullable;

/** The connecting side of a handshake, as Bouncy Castle asks for it. */
final class PskClient extends PSKTlsClient {
  private static final int MAXIMUM_MESSAGE = 1 << 13;

  private final PreSharedKey key;
  private final PskTerms terms;
  private final HandshakeFacts facts;

  PskClient(TlsCrypto crypto, PreSharedKey key, PskTerms terms, HandshakeFacts facts) {
    super(crypto, new OwnKey(key));
    this.key = key;
    this.terms = terms;
    this.facts = facts;
    facts.identity(key.identity());
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return terms.codes();
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return terms.versions();
  }

  /** The key for TLS 1.3; none if that is not offered. */
  @Override
  @SuppressWarnings({"rawtypes", "JdkObsolete"})
  public @Nullable Vector getExternalPSKs() {
    if (!terms.isTls13()) {
      return null;
    }
    byte[] copy = AcceptingKeys.copy(key);
    try {
      byte[] identity = key.identity().toByteArray();
      return new Vector<>(
          List.of(new BasicTlsPSKExternal(identity, getCrypto().createSecret(copy))));
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  /** In TLS 1.3: refuses a server that wants to prove itself in another way. */
  @Override
  public void notifySelectedPSK(@Nullable TlsPSK selected) throws IOException {
    if (selected == null) {
      facts.keyNotTaken();
      throw new TlsFatalAlert(AlertDescription.handshake_failure);
    }
  }

  @Override
  public int getMaxHandshakeMessageSize() {
    return MAXIMUM_MESSAGE;
  }

  @Override
  @SuppressWarnings("rawtypes")
  protected Vector getSupportedGroups(Vector roles) {
    return new Vector<>(List.of(NamedGroup.x25519, NamedGroup.secp256r1));
  }

  /** None: nobody has a certificate. */
  @Override
  protected @Nullable CertificateStatusRequest getCertificateStatusRequest() {
    return null;
  }

  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public Hashtable getClientExtensions() throws IOException {
    Hashtable extensions = super.getClientExtensions();
    extensions.remove(ExtensionType.encrypt_then_mac); // every suite here is authenticated
    return extensions;
  }

  @Override
  public void notifySelectedCipherSuite(int suite) {
    super.notifySelectedCipherSuite(suite);
    facts.suiteAgreed();
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

  /** The key, lent anew each time it is asked for: what is lent is overwritten. */
  private static final class OwnKey implements TlsPSKIdentity {
    private final PreSharedKey key;

    private OwnKey(PreSharedKey key) {
      this.key = key;
    }

    @Override
    public void skipIdentityHint() {}

    /** Says nothing that a peer who has proved nothing should decide. */
    @Override
    public void notifyIdentityHint(byte[] hint) {}

    @Override
    public byte[] getPSKIdentity() {
      Payload identity = key.identity();
      return identity.toByteArray();
    }

    @Override
    public byte[] getPSK() {
      return AcceptingKeys.copy(key);
    }
  }
}
