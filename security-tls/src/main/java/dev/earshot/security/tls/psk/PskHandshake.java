package dev.earshot.security.tls.psk;

import dev.earshot.HandshakeException.Reason;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
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
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsClientProtocol;
import org.bouncycastle.tls.TlsFatalAlertReceived;
import org.bouncycastle.tls.TlsProtocol;
import org.bouncycastle.tls.TlsServerProtocol;
import org.jspecify.annotations.Nullable;

/**
 * One side of one handshake with pre-shared keys.
 *
 * <p>Only a server may have to wait: for a source that is not a fixed set of keys.
 */
final class PskHandshake implements HandshakeRole {
  private final Role role;
  private final PskSource source;
  private final PskTerms terms;
  private final AcceptingKeys keys;
  private final HandshakeFacts facts = new HandshakeFacts();
  private final PskDiagnosis diagnosis;
  private final SecureRandom random;
  private @Nullable RecordCrypto crypto;
  private @Nullable IdentityAsKey identityAsKey;

  PskHandshake(Role role, PskSource source, PskTerms terms, SecureRandom random) {
    this.role = role;
    this.source = source;
    this.terms = terms;
    this.keys = new AcceptingKeys(source, terms.isTls13(), random, facts);
    this.diagnosis = new PskDiagnosis(facts, terms.suites());
    this.random = random;
  }

  @Override
  public boolean isClient() {
    return role == Role.CLIENT;
  }

  @Override
  public List<String> cipherSuites() {
    return terms.names();
  }

  @Override
  public List<String> protocols() {
    return terms.protocols();
  }

  @Override
  public TlsProtocol begin() throws IOException {
    return isClient() ? beginClient(ownKey()) : beginServer();
  }

  @Override
  public @Nullable Question question(byte[] record) {
    return isClient() ? null : keys.question(record);
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
    boolean keysAgreed = protection() != null;
    if (cause instanceof TlsFatalAlertReceived alert) {
      return diagnosis.received(alert, keysAgreed);
    }
    if (facts.isPeerClosed()) {
      return diagnosis.closed(isClient() && keysAgreed, cause);
    }
    if (!isClient() && isKeyRefused(keysAgreed)) {
      // Found out for unknown identities too, so that the alert does not come sooner for them.
      boolean identityUsed = isIdentityUsedAsKey(keysAgreed, record);
      return facts.isKeyMissing()
          ? diagnosis.unknownIdentity(cause, keys.trouble())
          : diagnosis.wrongKey(cause, identityUsed);
    }
    if (isClient() && keysAgreed && facts.raised() == AlertDescription.bad_record_mac) {
      return diagnosis.wrongKey(cause, false);
    }
    return diagnosis.raised(cause);
  }

  /** Whether it was the peer's key that this side did not like. */
  private boolean isKeyRefused(boolean keysAgreed) {
    RecordProtection agreed = protection();
    boolean tls12 = keysAgreed && agreed != null && !agreed.isTls13();
    return tls12
        ? facts.raised() == AlertDescription.bad_record_mac
        : !keysAgreed && facts.raised() == AlertDescription.decrypt_error;
  }

  private boolean isIdentityUsedAsKey(boolean keysAgreed, byte[] record) {
    IdentityAsKey suspicion = identityAsKey;
    return keysAgreed
        ? suspicion != null && suspicion.explains(record)
        : keys.isIdentityBoundAsKey();
  }

  @Override
  public TlsFailure truncation() {
    return diagnosis.closed(isClient() && protection() != null, null);
  }

  @Override
  public void stopWaiting() {
    keys.abandon();
  }

  @Override
  public void release() {
    if (identityAsKey != null) {
      identityAsKey.wipe();
      identityAsKey = null;
    }
    crypto = null;
    keys.forget();
  }

  private TlsProtocol beginClient(PreSharedKey key) throws IOException {
    RecordCrypto made = new RecordCrypto(random, (parameters, algorithm) -> {});
    crypto = made;
    TlsClientProtocol protocol = new TlsClientProtocol();
    protocol.connect(new PskClient(made, key, terms, facts));
    return protocol;
  }

  private TlsProtocol beginServer() throws IOException {
    // They need each other: the crypto tells of the keys, the check derives others with it.
    IdentityAsKey[] check = new IdentityAsKey[1];
    RecordCrypto made = new RecordCrypto(random, (from, with) -> check[0].keysAgreed(from, with));
    check[0] = new IdentityAsKey(made);
    crypto = made;
    identityAsKey = check[0];
    TlsServerProtocol protocol = new TlsServerProtocol();
    protocol.accept(new PskServer(check[0], terms, keys, facts));
    return protocol;
  }

  private PreSharedKey ownKey() throws TlsFailure {
    PreSharedKey key;
    try {
      key = source.own().orElse(null);
    } catch (RuntimeException e) {
      throw unable("asking for this side's key failed: " + e, e);
    }
    if (key == null) {
      throw unable("the source has keys for listeners only: its own() is empty", null);
    }
    if (key.isDestroyed()) {
      throw unable(key + " has been destroyed", null);
    }
    return key;
  }

  private static TlsFailure unable(String why, @Nullable Throwable cause) {
    return TlsFailure.handshake(Reason.OTHER, TlsFailure.SILENT, why, cause);
  }
}
