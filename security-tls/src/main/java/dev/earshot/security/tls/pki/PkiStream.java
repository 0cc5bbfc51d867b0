package dev.earshot.security.tls.pki;

import dev.earshot.HandshakeException;
import dev.earshot.NetworkException;
import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.engine.Explanation;
import dev.earshot.security.tls.engine.TlsEngine;
import dev.earshot.spi.StreamSecurity.Pause;
import dev.earshot.spi.StreamSecurity.SecuredStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** The protection of one connection with certificates. */
final class PkiStream implements SecuredStream {
  private final PkiHandshake handshake;
  private final TlsEngine engine;
  private final String peer;

  PkiStream(PkiHandshake handshake, String peer) {
    this.handshake = handshake;
    this.engine = new TlsEngine(handshake);
    this.peer = peer;
  }

  @Override
  public SSLEngine engine() {
    return engine;
  }

  @Override
  public SecurityMetadata metadata() {
    return handshake.metadata();
  }

  @Override
  public @Nullable Pause pause() {
    CompletionStage<Void> answered = engine.answered();
    Optional<TrustVerdict> verdict = handshake.openVerdict();
    return answered == null || verdict.isEmpty() ? null : new Deciding(answered, verdict.get());
  }

  @Override
  public Optional<NetworkException> suspicion() {
    return handshake
        .openVerdict()
        .filter(verdict -> engine.answered() != null)
        .map(TrustVerdict::late)
        .map(
            late ->
                new HandshakeException(late.reason(), "TLS with " + peer + ": " + late.words()));
  }

  @Override
  public NetworkException explain(Throwable cause) {
    return Explanation.of(cause, engine, peer);
  }

  /** A handshake that waits for a decision about the peer. */
  private static final class Deciding implements Pause {
    private final CompletionStage<Void> over;
    private final TrustVerdict verdict;

    Deciding(CompletionStage<Void> over, TrustVerdict verdict) {
      this.over = over;
      this.verdict = verdict;
    }

    @Override
    public CompletionStage<Void> over() {
      return over;
    }

    @Override
    public Duration patience() {
      return verdict.patience();
    }

    @Override
    public void giveUp() {
      verdict.tooLate();
    }
  }
}
