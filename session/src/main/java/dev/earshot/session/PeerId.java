package dev.earshot.session;

import dev.earshot.Fingerprint;
import dev.earshot.Payload;
import java.nio.ByteBuffer;
import java.security.PublicKey;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who a peer is: 128 bits, by default random. Immutable.
 *
 * <p>Ids order as 16 unsigned bytes, big-endian, which is also the order of their text; that is not
 * the order of {@link UUID#compareTo}. A random id for each run of a program says nothing about its
 * user; an id that is stored and used again lets others recognise the peer over time and between
 * networks.
 */
public final class PeerId implements Comparable<PeerId> {
  /** The length of {@link #toPayload()}. */
  public static final int BYTES = 16;

  private final UUID uuid;

  private PeerId(UUID uuid) {
    this.uuid = uuid;
  }

  /** A new id, drawn by a secure generator. */
  public static PeerId random() {
    return new PeerId(UUID.randomUUID());
  }

  /**
   * The id that belongs to {@code key}, and that nobody else can claim in a session with {@link
   * Session.Builder#bindPeerIds()}: a UUID of version 8 (RFC 9562, section 5.8) whose other 122
   * bits are the first of the SHA-256 of the key's SubjectPublicKeyInfo.
   *
   * @throws IllegalArgumentException if the key cannot be encoded
   */
  public static PeerId ofKey(PublicKey key) {
    ByteBuffer digest = Fingerprint.ofKey(key).digest().asByteBuffer();
    long high = digest.getLong() & ~0xF000L | 0x8000L;
    long low = digest.getLong() & ~(3L << 62) | 2L << 62;
    return new PeerId(new UUID(high, low));
  }

  /** The id with the bits of {@code uuid}. */
  public static PeerId of(UUID uuid) {
    return new PeerId(Objects.requireNonNull(uuid, "uuid"));
  }

  /** Reads what {@link #toString} wrote, in either case. */
  public static PeerId parse(String text) {
    Objects.requireNonNull(text, "text");
    if (text.length() != 36) {
      throw new IllegalArgumentException("'" + text + "' is no UUID of 36 characters");
    }
    return new PeerId(UUID.fromString(text));
  }

  /** Reads 16 bytes, big-endian. */
  public static PeerId of(Payload bytes) {
    Objects.requireNonNull(bytes, "bytes");
    if (bytes.length() != BYTES) {
      throw new IllegalArgumentException("peer id of " + bytes.length() + " bytes, not " + BYTES);
    }
    ByteBuffer buffer = bytes.asByteBuffer();
    return new PeerId(new UUID(buffer.getLong(), buffer.getLong()));
  }

  /** The 16 bytes, big-endian. */
  public Payload toPayload() {
    ByteBuffer buffer = ByteBuffer.allocate(BYTES);
    buffer.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    return Payload.wrap(buffer.array());
  }

  /** The same bits as a UUID. */
  public UUID toUuid() {
    return uuid;
  }

  @Override
  public int compareTo(PeerId other) {
    Objects.requireNonNull(other, "other");
    int high =
        Long.compareUnsigned(uuid.getMostSignificantBits(), other.uuid.getMostSignificantBits());
    return high != 0
        ? high
        : Long.compareUnsigned(
            uuid.getLeastSignificantBits(), other.uuid.getLeastSignificantBits());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PeerId that && uuid.equals(that.uuid);
  }

  @Override
  public int hashCode() {
    return uuid.hashCode();
  }

  /** The UUID in upper case, as Swift's {@code uuidString} has it. */
  @Override
  public String toString() {
    return uuid.toString().toUpperCase(Locale.ROOT);
  }
}
