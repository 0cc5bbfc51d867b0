package dev.earshot.security.tls.psk;

import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import dev.earshot.security.tls.engine.Question;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One question to a {@link PskSource}, by one handshake: the key of the first of some identities
 * that has one. Asked once, on any thread, and answered on whichever the source likes; no thread
 * waits. Thread-safe.
 */
final class KeyLookup implements Question {
  private final PskSource source;
  private final List<Payload> identities;
  private final CompletableFuture<Optional<Found>> answer = new CompletableFuture<>();
  private volatile @Nullable Throwable trouble;

  /**
   * What was found.
   *
   * @param identity the one that the peer named; the key's own may be another
   */
  record Found(Payload identity, PreSharedKey secret) {}

  KeyLookup(PskSource source, List<Payload> identities) {
    this.source = source;
    this.identities = identities;
  }

  /** Those whose keys are wanted, dearest first; at least one. */
  List<Payload> identities() {
    return identities;
  }

  @Override
  public void ask() {
    CompletableFuture<Optional<Found>> chain = ask(identities.get(0));
    for (Payload identity : identities.subList(1, identities.size())) {
      CompletableFuture<Optional<Found>> one = ask(identity);
      chain =
          chain.thenCompose(
              found -> found.isPresent() ? CompletableFuture.completedFuture(found) : one);
    }
    chain.thenAccept(answer::complete);
  }

  @Override
  public CompletionStage<Void> answered() {
    return answer.thenAccept(found -> {});
  }

  /** What there is; empty if nothing was found, or nobody has answered. */
  Optional<Found> found() {
    return answer.getNow(Optional.empty());
  }

  /** Why there was no answer; null if there was one. */
  @Nullable Throwable trouble() {
    return trouble;
  }

  /** Ends the wait with nothing found. */
  void abandon() {
    answer.complete(Optional.empty());
  }

  /** Never fails. */
  private CompletableFuture<Optional<Found>> ask(Payload identity) {
    CompletableFuture<Optional<Found>> result = new CompletableFuture<>();
    if (identity.length() > PreSharedKey.MAXIMUM_IDENTITY_BYTES) {
      result.complete(Optional.empty());
      return result;
    }
    try {
      source
          .find(identity)
          .whenComplete(
              (key, error) -> {
                if (error != null) {
                  trouble = error;
                }
                boolean some = error == null && key != null && key.isPresent();
                result.complete(
                    some ? Optional.of(new Found(identity, key.get())) : Optional.empty());
              });
    } catch (RuntimeException | Error e) { // whatever breaks in a program's source has no key
      trouble = e;
      result.complete(Optional.empty());
    }
    return result;
  }
}
