package dev.earshot.security.tls.psk;

import dev.earshot.Payload;
import dev.earshot.security.tls.record.KeySchedule;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.PskKeyExchangeMode;
import org.jspecify.annotations.Nullable;

/**
 * The pre-shared keys that a hello of TLS 1.3 offers (RFC 8446, section 4.2.11), as far as they can
 * be taken: with a new key agreement, and a suite of ours. Immutable.
 */
final class OfferedKeys {
  /** Of those offered; each may cost a question to a user's source. */
  private static final int MAXIMUM_IDENTITIES = 4;

  private static final int HEADER_BYTES = 4;
  private static final int VERSION_AND_RANDOM_BYTES = 34;

  private final List<Payload> identities;
  private final List<byte[]> binders;
  private final byte[] boundPart;

  private OfferedKeys(List<Payload> identities, List<byte[]> binders, byte[] boundPart) {
    this.identities = identities;
    this.binders = binders;
    this.boundPart = boundPart;
  }

  /**
   * What {@code message}, a hello with its header, offers; null if nothing that can be taken.
   *
   * @throws java.nio.BufferUnderflowException if it is malformed
   * @throws IllegalArgumentException likewise
   */
  static @Nullable OfferedKeys in(byte[] message) {
    ByteBuffer source = ByteBuffer.wrap(message);
    source.position(HEADER_BYTES + VERSION_AND_RANDOM_BYTES);
    part(source, source.get() & 0xFF); // a session to resume, which there is none of
    boolean suite = hasSuite(part(source, source.getShort() & 0xFFFF));
    part(source, source.get() & 0xFF); // compression
    if (!suite || !source.hasRemaining()) {
      return null;
    }
    ByteBuffer extensions = part(source, source.getShort() & 0xFFFF);
    boolean mode = false;
    ByteBuffer keys = null;
    while (extensions.hasRemaining()) {
      int type = extensions.getShort() & 0xFFFF;
      ByteBuffer content = part(extensions, extensions.getShort() & 0xFFFF);
      if (type == ExtensionType.psk_key_exchange_modes) {
        mode = hasMode(part(content, content.get() & 0xFF));
      } else if (type == ExtensionType.pre_shared_key) {
        keys = content;
      }
    }
    return keys == null || !mode ? null : keys(message, keys);
  }

  /** The identities, dearest first, and no more than we would ask for. */
  List<Payload> identities() {
    return identities;
  }

  /** Whether the binder of {@code identity} was made with {@code key}. */
  boolean isBoundWith(Payload identity, byte[] key) {
    int index = identities.indexOf(identity);
    return index >= 0
        && MessageDigest.isEqual(KeySchedule.externalBinder(key, boundPart), binders.get(index));
  }

  private static @Nullable OfferedKeys keys(byte[] message, ByteBuffer source) {
    List<Payload> identities = new ArrayList<>();
    ByteBuffer names = part(source, source.getShort() & 0xFFFF);
    while (names.hasRemaining()) {
      byte[] identity = bytes(names, names.getShort() & 0xFFFF);
      names.getInt(); // the age of a ticket, which a key of ours is not
      if (identities.size() < MAXIMUM_IDENTITIES) {
        identities.add(Payload.wrap(identity));
      }
    }
    // RFC 8446, 4.2.11.2: what is bound ends before the binders and their length.
    int bound = source.arrayOffset() + source.position();
    List<byte[]> binders = new ArrayList<>();
    ByteBuffer proofs = part(source, source.getShort() & 0xFFFF);
    while (proofs.hasRemaining() && binders.size() < identities.size()) {
      binders.add(bytes(proofs, proofs.get() & 0xFF));
    }
    boolean complete = !identities.isEmpty() && binders.size() == identities.size();
    return complete
        ? new OfferedKeys(List.copyOf(identities), binders, Arrays.copyOf(message, bound))
        : null;
  }

  private static boolean hasSuite(ByteBuffer suites) {
    boolean found = false;
    while (suites.hasRemaining()) {
      int code = suites.getShort() & 0xFFFF;
      found |= PskSuite.all().stream().anyMatch(suite -> suite.isTls13() && suite.code() == code);
    }
    return found;
  }

  private static boolean hasMode(ByteBuffer modes) {
    boolean found = false;
    while (modes.hasRemaining()) {
      found |= modes.get() == PskKeyExchangeMode.psk_dhe_ke;
    }
    return found;
  }

  /** The next {@code length} bytes, over the same array. */
  private static ByteBuffer part(ByteBuffer source, int length) {
    ByteBuffer part = source.slice();
    part.limit(length); // throws if there are not so many
    source.position(source.position() + length);
    return part;
  }

  private static byte[] bytes(ByteBuffer source, int length) {
    byte[] bytes = new byte[length];
    source.get(bytes);
    return bytes;
  }
}
