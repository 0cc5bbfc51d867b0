package dev.earshot.security.tls.psk;

import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One question to a {@link PskSource}, by one handshake.
 *
 * <p>{@link #find} waits for the answer, on a worker where the source may take its time; {@link
 * #abandon} ends the wait from another thread.
 */
final class KeyLookup {
  /** In seconds. Every handshake has a shorter deadline; this only saves a forgotten worker. */
  private static final long LONGEST_WAIT = 60;

  private final PskSource source;
  private final CompletableFuture<Optional<PreSharedKey>> answer = new CompletableFuture<>();
  private @Nullable Payload asked;
  private @Nullable Throwable trouble;

  KeyLookup(PskSource source) {
    this.source = source;
  }

  /** Whether the source may make its caller wait, and has not been asked. */
  boolean mayBlock() {
    return asked == null && !(source instanceof PskSource.Fixed);
  }

  /** The key for {@code identity}, as an array of the caller's own; null if there is none. */
  byte @Nullable [] find(byte[] identity) {
    Payload name = Payload.copyOf(identity);
    asked = name;
    if (identity.length > PreSharedKey.MAXIMUM_IDENTITY_BYTES) {
      return null;
    }
    try {
      CompletionStage<Optional<PreSharedKey>> stage = source.find(name);
      stage.whenComplete(this::answered);
      Optional<PreSharedKey> found = answer.get(LONGEST_WAIT, TimeUnit.SECONDS);
      return found.isEmpty() ? null : copy(found.get());
    } catch (ExecutionException e) {
      trouble = e.getCause();
    } catch (TimeoutException | RuntimeException e) {
      trouble = e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      trouble = e;
    }
    return null;
  }

  /** The key under an array of the caller's own: Bouncy Castle overwrites the one it is given. */
  static byte[] copy(PreSharedKey key) {
    return key.use(byte[]::clone);
  }

  /** The identity that was asked for; null if none was. */
  @Nullable Payload asked() {
    return asked;
  }

  /** Why there was no answer; null if there was one. */
  @Nullable Throwable trouble() {
    return trouble;
  }

  /** Ends the wait with nothing found. May be called on any thread. */
  void abandon() {
    answer.complete(Optional.empty());
  }

  private void answered(@Nullable Optional<PreSharedKey> key, @Nullable Throwable error) {
    if (error != null) {
      answer.completeExceptionally(error);
    } else {
      answer.complete(key == null ? Optional.empty() : key);
    }
  }
}
