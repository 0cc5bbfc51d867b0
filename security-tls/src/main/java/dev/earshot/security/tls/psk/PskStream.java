package dev.earshot.security.tls.psk;

import dev.earshot.ConnectionLostException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.engine.TlsEngine;
import dev.earshot.security.tls.engine.TlsFailure;
import dev.earshot.spi.StreamSecurity.Pause;
import dev.earshot.spi.StreamSecurity.SecuredStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/** The protection of one connection with pre-shared keys. */
final class PskStream implements SecuredStream {
  /** How Netty's handler begins its message when it meets something else than TLS. */
  private static final String NOT_TLS = "not an SSL/TLS record";

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
    TlsFailure known = known(cause);
    if (known != null) {
      return known.explain(peer);
    }
    String with = "TLS with " + peer + ": ";
    if (engine.isOpen()) {
      return new ConnectionLostException(with + "the connection broke: " + words(cause), cause);
    }
    String message = String.valueOf(cause.getMessage());
    if (message.startsWith(NOT_TLS)) {
      return new HandshakeException(
          Reason.PLAINTEXT_PEER,
          with + "the peer does not speak TLS; secure both sides, or none",
          cause);
    }
    if (cause.getClass().getSimpleName().contains("Timeout")) {
      return new HandshakeException(
          Reason.TIMED_OUT, with + "the peer did not answer in time: " + words(cause), cause);
    }
    if (cause instanceof IOException) {
      return new HandshakeException(
          Reason.CLOSED,
          with + "the connection broke during the handshake: " + words(cause),
          cause);
    }
    return new HandshakeException(
        Reason.OTHER, with + "the handshake failed: " + words(cause), cause);
  }

  /** What happened, without the names of classes, which are nobody's business but ours. */
  private static String words(Throwable cause) {
    String text = cause.getMessage();
    if (text == null) {
      return cause instanceof IOException ? "closed" : "for a reason that has no name";
    }
    String lower = text.toLowerCase(Locale.ROOT);
    return lower.contains("reset") || lower.contains("broken pipe") ? "reset" : text;
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

  /** What the engine threw, however it was wrapped, or what it has noticed. */
  private @Nullable TlsFailure known(Throwable cause) {
    for (Throwable next = cause; next != null; next = next.getCause()) {
      if (next instanceof TlsFailure failure) {
        return failure;
      }
    }
    return engine.failure();
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
