package dev.earshot.session;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A peer: who it is, and what it calls itself. Immutable; compares by id alone.
 *
 * <p>The name comes from the peer, who may choose any: show it, do not trust it.
 *
 * @param id who it is
 * @param displayName what it calls itself, 1 to 63 bytes of UTF-8
 */
public record Peer(PeerId id, String displayName) {
  /** The longest display name, in bytes of UTF-8. */
  public static final int MAXIMUM_NAME_BYTES = 63;

  /** Checks the name's length. */
  public Peer {
    Objects.requireNonNull(id, "id");
    int bytes = displayName.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > MAXIMUM_NAME_BYTES) {
      throw new IllegalArgumentException(
          "display name of " + bytes + " bytes of UTF-8, not 1 to " + MAXIMUM_NAME_BYTES);
    }
  }

  /** A peer with a random id. */
  public static Peer named(String displayName) {
    Objects.requireNonNull(displayName, "displayName");
    return new Peer(PeerId.random(), displayName);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Peer that && id.equals(that.id);
  }

  @Override
  public int hashCode() {
    return id.hashCode();
  }

  @Override
  public String toString() {
    return displayName + " (" + id.toString().substring(0, 8) + ")";
  }
}
