package dev.earshot;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Where pre-shared keys come from.
 *
 * <p>The accepting side looks a key up by the identity that the connecting side sent; the
 * connecting side uses {@link #own()}. Both are called on a library thread and may be called at the
 * same time for several handshakes. They must not block: what takes time is an unfinished stage,
 * for which no thread waits. An answer that comes after the handshake's deadline is too late.
 */
public interface PskSource {

  /**
   * The key for {@code identity}, or none if it is not known.
   *
   * <p>The identity comes from a peer that has proved nothing yet. A stage that fails counts as
   * none. The key may have another identity; what counts is that the peer knows the key.
   */
  CompletionStage<Optional<PreSharedKey>> find(Payload identity);

  /** The key that the connecting side uses; none makes this a source for listeners only. */
  default Optional<PreSharedKey> own() {
    return Optional.empty();
  }

  /** A fixed set of keys, with different identities; the first is what a connecting side uses. */
  static PskSource of(PreSharedKey... keys) {
    Objects.requireNonNull(keys, "keys");
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
    return new Fixed(List.of(keys), false);
  }

  /**
   * One key for whatever identity a peer names, which {@link SecurityMetadata#pskIdentity} then
   * tells; as little as it is worth, since everybody who has the key can name any.
   *
   * <p>For peers whose identities cannot be known, such as those of Apple's sample of 2020, which
   * sends an address in memory. A connecting side sends the key's own identity.
   */
  static PskSource anyIdentity(PreSharedKey key) {
    Objects.requireNonNull(key, "key");
    return new Fixed(List.of(key), true);
  }

  /** Keys that are known from the start. */
  final class Fixed implements PskSource {
    private final List<PreSharedKey> keys;
    private final boolean forAnyIdentity;

    private Fixed(List<PreSharedKey> keys, boolean forAnyIdentity) {
      this.keys = keys;
      this.forAnyIdentity = forAnyIdentity;
    }

    @Override
    public CompletionStage<Optional<PreSharedKey>> find(Payload identity) {
      Optional<PreSharedKey> found = Optional.empty();
      for (PreSharedKey key : keys) { // all of them, so that time does not tell which one matched
        if (forAnyIdentity || key.identity().equals(identity)) {
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
      return forAnyIdentity ? keys + " for any identity" : keys.toString();
    }
  }
}
