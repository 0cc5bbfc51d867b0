package dev.earshot.security.tls.psk;

import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
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

/** The protection of one connection with pre-shared keys. */
final class PskStream implements SecuredStream {
  /** Every handshake has a shorter deadline; this only saves what nobody else ends. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final PskHandshake handshake;
  private final TlsEngine engine;
  private final String peer;

  PskStream(PskHandshake handshake, String peer) {
    this.handshake = handshake;
    this.engine = new TlsEngine(handshake);
    this.peer = peer;
  }

  @Override
  public SSLEngine engine() {
    return engine;
  }

  @Override
  public @Nullable Pause pause() {
    CompletionStage<Void> answered = engine.answered();
    return answered == null ? null : new Looking(answered);
  }

  @Override
  public SecurityMetadata metadata() {
    return handshake.metadata();
  }

  @Override
  public NetworkException explain(Throwable cause) {
    return Explanation.of(cause, engine, peer);
  }

  /** A key that is being looked up, if that is what takes so long. */
  @Override
  public Optional<NetworkException> suspicion() {
    return engine.answered() == null
        ? Optional.empty()
        : Optional.of(
            new HandshakeException(
                Reason.TIMED_OUT,
                "TLS with " + peer + ": looking up its key was not over in time"));
  }

  /** A handshake that waits for a key. */
  private final class Looking implements Pause {
    private final CompletionStage<Void> over;

    Looking(CompletionStage<Void> over) {
      this.over = over;
    }

    @Override
    public CompletionStage<Void> over() {
      return over;
    }

    @Override
    public Duration patience() {
      return PATIENCE;
    }

    @Override
    public void giveUp() {
      handshake.stopWaiting();
    }
  }
}
