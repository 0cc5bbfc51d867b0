package dev.earshot.security.tls.pki;

import dev.earshot.HandshakeException.Reason;
import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.engine.HandshakeRole;
import dev.earshot.security.tls.engine.Question;
import dev.earshot.security.tls.engine.TlsFailure;
import dev.earshot.security.tls.record.RecordCrypto;
import dev.earshot.security.tls.record.RecordProtection;
import dev.earshot.spi.StreamSecurity.Role;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerProtocol;
import org.jspecify.annotations.Nullable;

/**
 * One side of one handshake with certificates.
 *
 * <p>It may have to wait for somebody's decision about the peer, which is asked for when the peer
 * has proved that it owns its certificate, and before this side's last messages are sent.
 */
final class PkiHandshake implements HandshakeRole {
  private final Role role;
  private final PkiTerms terms;
  private final SecureRandom random;
  private final PkiFacts facts = new PkiFacts();
  private final PkiDiagnosis diagnosis;
  private final ChainCheck check;
  private @Nullable RecordCrypto crypto;

  PkiHandshake(Role role, PkiTerms terms, TrustJudge judge, SecureRandom random) {
    this.role = role;
    this.terms = terms;
    this.random = random;
    this.diagnosis = new PkiDiagnosis(facts, terms);
    this.check = new ChainCheck(judge, terms, role == Role.SERVER, facts);
  }

  @Override
  public boolean isClient() {
    return role == Role.CLIENT;
  }

  @Override
  public List<String> protocols() {
    return terms.protocols();
  }

  @Override
  public List<String> cipherSuites() {
    return terms.suites().stream().map(Enum::name).toList();
  }

  @Override
  public TlsProtocol begin() throws IOException {
    Optional<String> trouble = trouble();
    if (trouble.isPresent()) {
      throw TlsFailure.handshake(Reason.OTHER, TlsFailure.SILENT, trouble.get(), null);
    }
    RecordCrypto made = new RecordCrypto(random, (parameters, algorithm) -> {});
    crypto = made;
    if (isClient()) {
      TlsClientProtocol protocol = new TlsClientProtocol();
      protocol.connect(new PkiClient(made, terms, facts, check));
      return protocol;
    }
    TlsServerProtocol protocol = new TlsServerProtocol();
    protocol.accept(new PkiServer(made, terms, terms.own().orElseThrow(), facts, check));
    return protocol;
  }

  /** Why this side cannot even begin. */
  private Optional<String> trouble() {
    if (terms.own().isEmpty()) {
      return isClient()
          ? Optional.empty()
          : Optional.of("an accepting side needs an identity, and there is none");
    }
    if (terms.security().identity().orElseThrow().isDestroyed()) {
      return Optional.of(terms.security().identity().get() + " has been destroyed");
    }
    return terms.own().get().isUsable()
        ? Optional.empty()
        : Optional.of(
            terms.security().identity().get()
                + " has a key of a kind that cannot be used: P-256, P-384, Ed25519 and RSA can");
  }

  @Override
  public @Nullable Question question(byte[] record) {
    return null; // records are never waited for; see verdict
  }

  @Override
  public @Nullable Question verdict() {
    return check.question();
  }

  @Override
  public @Nullable TlsFailure refusal() {
    Objection objection = check.objection();
    return objection == null
        ? null
        : TlsFailure.handshake(objection.reason(), objection.alert(), objection.words(), null);
  }

  /** The decision that is waited for, if one is. May be called on any thread. */
  Optional<TrustVerdict> openVerdict() {
    return check.open();
  }

  @Override
  public boolean complete() {
    return facts.metadata() != null;
  }

  @Override
  public @Nullable RecordProtection protection() {
    return crypto == null ? null : crypto.protection();
  }

  @Override
  public int maximumContent() {
    return facts.maximumContent();
  }

  @Override
  public SecurityMetadata metadata() {
    SecurityMetadata settled = facts.metadata();
    if (settled == null) {
      throw new IllegalStateException("the handshake is not over");
    }
    return settled;
  }

  @Override
  public TlsFailure failure(IOException cause, byte[] record) {
    if (cause instanceof TlsFatalAlertReceived alert) {
      return diagnosis.received(alert.getAlertDescription(), cause);
    }
    if (facts.isPeerClosed()) {
      return diagnosis.closed(cause);
    }
    return diagnosis.raised(cause);
  }

  @Override
  public @Nullable TlsFailure laterAlert(int description) {
    return diagnosis.later(description).orElse(null);
  }

  @Override
  public TlsFailure truncation() {
    return diagnosis.closed(null);
  }

  @Override
  public void stopWaiting() {
    check.abandon();
  }

  @Override
  public void release() {
    crypto = null;
  }
}
