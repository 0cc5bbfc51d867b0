package dev.earshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Where pre-shared keys come from.
 *
 * <p>The accepting side looks a key up by the identity that the connecting side sent; the
 * connecting side uses {@link #own()}. Both are called on a library thread and may be called at the
 * same time for several handshakes. They should answer at once or return an unfinished stage; an
 * answer that comes after the handshake's deadline is too late.
 */
public interface PskSource {

  /**
   * The key for {@code identity}, or none if it is not known.
   *
   * <p>The identity comes from a peer that has proved nothing yet. A stage that fails counts as
   * none.
   */
  CompletionStage<Optional<PreSharedKey>> find(Payload identity);

  /** The key that the connecting side uses; none makes this a source for listeners only. */
  default Optional<PreSharedKey> own() {
    return Optional.empty();
  }

  /** A fixed set of keys, with different identities; the first is what a connecting side uses. */
  static PskSource of(PreSharedKey... keys) {
    if (keys.length == 0) {
      throw new IllegalArgumentException("no keys");
    }
    List<Payload> identities = new ArrayList<>();
    for (PreSharedKey key : keys) {
      if (identities.contains(key.identity())) {
        throw new IllegalArgumentException("two keys for one identity: " + key);
      }
      identities.add(key.identity());
    }
    return new Fixed(List.of(keys));
  }

  /** Keys that are known from the start. */
  final class Fixed implements PskSource {
    private final List<PreSharedKey> keys;

    private Fixed(List<PreSharedKey> keys) {
      this.keys = keys;
    }

    @Override
    public CompletionStage<Optional<PreSharedKey>> find(Payload identity) {
      Optional<PreSharedKey> found = Optional.empty();
      for (PreSharedKey key : keys) { // all of them, so that time does not tell which one matched
        if (key.identity().equals(identity)) {
          found = Optional.of(key);
        }
      }
      return CompletableFuture.completedStage(found);
    }

    @Override
    public Optional<PreSharedKey> own() {
      return Optional.of(keys.get(0));
    }

    @Override
    public String toString() {
      return keys.toString();
    }
  }
}
