package dev.earshot.security.tls.pki;

import dev.earshot.HandshakeException.Reason;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Vector;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.jspecify.annotations.Nullable;

/** The accepting side of a handshake, as Bouncy Castle asks for it. */
final class PkiServer extends AbstractTlsServer {
  private static final int NO_GROUP = -1;

  /** Dearest first. */
  private static final int[] GROUPS = {NamedGroup.x25519, NamedGroup.secp256r1};

  private final PkiTerms terms;
  private final OwnCertificate own;
  private final List<PkiSuite> suites;
  private final PkiFacts facts;
  private final ChainCheck check;

  PkiServer(
      TlsCrypto crypto, PkiTerms terms, OwnCertificate own, PkiFacts facts, ChainCheck check) {
    super(crypto);
    this.terms = terms;
    this.own = own;
    this.suites = PkiSuite.of(terms.suites(), own.isRsa());
    this.facts = facts;
    this.check = check;
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return PkiSuite.codes(suites);
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return terms.protocolVersions();
  }

  @Override
  public int getMaxHandshakeMessageSize() {
    return PkiTerms.MAXIMUM_MESSAGE;
  }

  /** Ours: a peer that prefers speed to secrecy does not decide. */
  @Override
  protected boolean preferLocalCipherSuites() {
    return true;
  }

  @Override
  public int[] getSupportedGroups() {
    return GROUPS.clone();
  }

  @Override
  @SuppressWarnings("rawtypes")
  protected boolean isSelectableCipherSuite(
      int suite, int curveBits, int fieldBits, Vector signatures) {
    return TlsUtils.isValidVersionForCipherSuite(suite, context.getServerVersion())
        && selectECDH(0) != NO_GROUP;
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
  public TlsCredentials getCredentials() throws IOException {
    Vector<?> taken = context.getSecurityParametersHandshake().getClientSigAlgs();
    boolean tls13 = TlsUtils.isTLSv13(context);
    return own.signer(getCrypto(), taken, tls13, null)
        .orElseThrow(
            () -> {
              facts.noCommonSuite();
              return new TlsFatalAlert(
                  AlertDescription.handshake_failure, "the client takes no signature of our key");
            });
  }

  @Override
  public @Nullable CertificateRequest getCertificateRequest() throws IOException {
    if (!terms.clientCertificateRequired()) {
      return null;
    }
    if (TlsUtils.isTLSv13(context)) {
      return new CertificateRequest(TlsUtils.EMPTY_BYTES, Signatures.taken(), null, null);
    }
    // RFC 8422, section 5.5: ecdsa_sign stands for Ed25519 too.
    short[] types = {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign};
    return new CertificateRequest(types, Signatures.taken(), null);
  }

  @Override
  public void notifyClientCertificate(Certificate shown) throws IOException {
    if (shown.isEmpty()) {
      // RFC 8446, 4.4.2.4, and RFC 5246, 7.4.6, name these alerts.
      short alert =
          TlsUtils.isTLSv13(context)
              ? AlertDescription.certificate_required
              : AlertDescription.handshake_failure;
      facts.objection(
          new Objection(
              Reason.NO_CERTIFICATE,
              alert,
              "the peer has shown no certificate, and one is required here"));
      throw new TlsFatalAlert(alert);
    }
    check.shown(shown, context);
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
}
