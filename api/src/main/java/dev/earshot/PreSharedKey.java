package dev.earshot;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import javax.security.auth.Destroyable;

/**
 * A secret that two sides share, and the public name by which they refer to it (RFC 4279).
 *
 * <p>The identity travels unprotected; the key never leaves this object but through {@link #use}.
 * Thread-safe. {@link #destroy} overwrites the key; handshakes that begin later fail.
 */
public final class PreSharedKey implements Destroyable {
  /** The shortest key that is accepted, in bytes. */
  public static final int MINIMUM_KEY_BYTES = 16;

  /** The longest key that is accepted, in bytes. */
  public static final int MAXIMUM_KEY_BYTES = 256;

  /** The longest identity that is accepted, in bytes. */
  public static final int MAXIMUM_IDENTITY_BYTES = 128;

  private static final int RANDOM_KEY_BYTES = 32;

  private final Payload identity;
  private final byte[] key;
  private boolean destroyed;

  private PreSharedKey(Payload identity, byte[] key) {
    if (identity.isEmpty() || identity.length() > MAXIMUM_IDENTITY_BYTES) {
      throw new IllegalArgumentException(
          "identity of " + identity.length() + " bytes, not 1 to " + MAXIMUM_IDENTITY_BYTES);
    }
    if (key.length < MINIMUM_KEY_BYTES || key.length > MAXIMUM_KEY_BYTES) {
      throw new IllegalArgumentException(
          "key of " + key.length + " bytes, not " + MINIMUM_KEY_BYTES + " to " + MAXIMUM_KEY_BYTES);
    }
    this.identity = identity;
    this.key = key;
  }

  /** A key of 16 to 256 bytes, which are copied, under an identity of 1 to 128 bytes. */
  public static PreSharedKey of(Payload identity, byte[] key) {
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(key, "key");
    return new PreSharedKey(identity, key.clone());
  }

  /** The same with the UTF-8 bytes of {@code identity}. */
  public static PreSharedKey of(String identity, byte[] key) {
    Objects.requireNonNull(identity, "identity");
    Objects.requireNonNull(key, "key");
    return of(Payload.utf8(identity), key);
  }

  /** A new key of 32 random bytes. */
  public static PreSharedKey random(String identity) {
    Objects.requireNonNull(identity, "identity");
    byte[] key = new byte[RANDOM_KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return new PreSharedKey(Payload.utf8(identity), key);
  }

  /** The public name of the key. */
  public Payload identity() {
    return identity;
  }

  /**
   * Lends a copy of the key to {@code user} and overwrites the copy afterwards.
   *
   * @throws IllegalStateException if the key has been destroyed
   */
  public <T> T use(Function<byte[], T> user) {
    Objects.requireNonNull(user, "user");
    byte[] copy = copyKey();
    try {
      return user.apply(copy);
    } finally {
      Arrays.fill(copy, (byte) 0);
    }
  }

  /** Whether {@code other} has the same identity and key; takes the same time for any key. */
  public boolean matches(PreSharedKey other) {
    Objects.requireNonNull(other, "other");
    return use(mine -> other.use(theirs -> MessageDigest.isEqual(mine, theirs)))
        && identity.equals(other.identity);
  }

  @Override
  public synchronized void destroy() {
    Arrays.fill(key, (byte) 0);
    destroyed = true;
  }

  @Override
  public synchronized boolean isDestroyed() {
    return destroyed;
  }

  /** The identity, with everything but printable ASCII escaped; never the key. */
  @Override
  public String toString() {
    return "PreSharedKey['" + printable(identity) + "']";
  }

  /** {@code identity} as text, with everything but printable ASCII escaped as {@code \xNN}. */
  public static String printable(Payload identity) {
    Objects.requireNonNull(identity, "identity");
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < identity.length(); i++) {
      int value = identity.byteAt(i) & 0xFF;
      if (value >= 0x20 && value < 0x7F && value != '\\' && value != '\'') {
        text.append((char) value);
      } else {
        text.append(String.format("\\x%02X", value));
      }
    }
    return text.toString();
  }

  private synchronized byte[] copyKey() {
    if (destroyed) {
      throw new IllegalStateException(this + " has been destroyed");
    }
    return key.clone();
  }
}
