package dev.earshot.security.tls;

import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * Somebody with whom this side shares a key. Immutable, but for the key, which may be destroyed;
 * prints no secrets.
 */
public final class PairedPeer {
  private final String name;
  private final PreSharedKey key;
  private final Instant pairedAt;
  private final Optional<Instant> lastSeen;

  PairedPeer(String name, PreSharedKey key, Instant pairedAt, Optional<Instant> lastSeen) {
    this.name = Objects.requireNonNull(name, "name");
    this.key = Objects.requireNonNull(key, "key");
    this.pairedAt = Objects.requireNonNull(pairedAt, "pairedAt");
    this.lastSeen = Objects.requireNonNull(lastSeen, "lastSeen");
  }

  /** The name that it gave itself, or that a user gave it since; 1 to 63 bytes of UTF-8. */
  public String name() {
    return name;
  }

  /** The key for connections with it: {@code Security.psk(peer.key())}. */
  public PreSharedKey key() {
    return key;
  }

  /** The public name of the key, the same on both sides; the same as {@code key().identity()}. */
  public Payload identity() {
    return key.identity();
  }

  /** When the key was made, by this computer's clock. */
  public Instant pairedAt() {
    return pairedAt;
  }

  /** When it was last connected, if a program has taken note of that. */
  public Optional<Instant> lastSeen() {
    return lastSeen;
  }

  PairedPeer named(String other) {
    return new PairedPeer(other, key, pairedAt, lastSeen);
  }

  PairedPeer seenAt(Instant time) {
    return new PairedPeer(name, key, pairedAt, Optional.of(time));
  }

  /** The name and the identity. */
  @Override
  public String toString() {
    return name + " [" + PreSharedKey.printable(identity()) + "]";
  }
}
