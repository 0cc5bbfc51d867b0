package dev.earshot.security.tls.pki;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.Vector;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CertificateStatusRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.NameType;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.ServerName;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCrypto;
import org.jspecify.annotations.Nullable;

/** The connecting side of a handshake, as Bouncy Castle asks for it. */
final class PkiClient extends DefaultTlsClient {
  private final PkiTerms terms;
  private final PkiFacts facts;
  private final ChainCheck check;

  PkiClient(TlsCrypto crypto, PkiTerms terms, PkiFacts facts, ChainCheck check) {
    super(crypto);
    this.terms = terms;
    this.facts = facts;
    this.check = check;
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return PkiSuite.codes(terms.suites());
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return terms.protocolVersions();
  }

  @Override
  public int getMaxHandshakeMessageSize() {
    return PkiTerms.MAXIMUM_MESSAGE;
  }

  @Override
  @SuppressWarnings("rawtypes")
  protected Vector getSupportedGroups(Vector roles) {
    return new Vector<>(List.of(NamedGroup.x25519, NamedGroup.secp256r1));
  }

  @Override
  @SuppressWarnings("rawtypes")
  protected Vector getSupportedSignatureAlgorithms() {
    return Signatures.taken();
  }

  /** RFC 6066, section 3: the name of a host, never an address. */
  @Override
  @SuppressWarnings("rawtypes")
  protected @Nullable Vector getSNIServerNames() {
    return HostCheck.serverName(terms.endpoint())
        .map(
            name ->
                new Vector<>(
                    List.of(
                        new ServerName(
                            NameType.host_name, name.getBytes(StandardCharsets.US_ASCII)))))
        .orElse(null);
  }

  /** None: revocation is not asked after. */
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
  public TlsAuthentication getAuthentication() {
    return new TlsAuthentication() {
      @Override
      public void notifyServerCertificate(TlsServerCertificate shown) throws IOException {
        check.shown(shown.getCertificate(), context);
      }

      @Override
      public @Nullable TlsCredentials getClientCredentials(CertificateRequest request)
          throws IOException {
        return credentials(request);
      }
    };
  }

  private @Nullable TlsCredentials credentials(CertificateRequest request) throws IOException {
    boolean tls13 = TlsUtils.isTLSv13(context);
    Optional<TlsCredentialedSigner> signer = Optional.empty();
    if (terms.own().isPresent()) {
      signer =
          terms
              .own()
              .get()
              .signer(
                  getCrypto(),
                  request.getSupportedSignatureAlgorithms(),
                  tls13,
                  tls13 ? request.getCertificateRequestContext() : null);
    }
    facts.certificateAskedFor(signer.isPresent());
    return signer.orElse(null);
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
