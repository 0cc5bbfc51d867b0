package dev.earshot.security.tls.dtls;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** The hash of the handshake so far (RFC 6347, section 4.2.6). For one thread. */
final class Transcript {
  private SuiteHash hash = SuiteHash.SHA_256;
  private MessageDigest digest = hash.newDigest();

  /** All of it, for signatures; null if nobody signs. */
  private final @Nullable ByteArrayOutputStream messages;

  /** Of which only the hash is kept. */
  Transcript() {
    this(null);
  }

  private Transcript(@Nullable ByteArrayOutputStream messages) {
    this.messages = messages;
  }

  /** Of which everything is kept: no more than the messages that a handshake may have. */
  static Transcript withMessages() {
    return new Transcript(new ByteArrayOutputStream());
  }

  /** Begins anew: the first hello and its answer do not count. */
  void reset() {
    digest = hash.newDigest();
    if (messages != null) {
      messages.reset();
    }
  }

  /** The suite that was agreed on hashes with {@code agreed}, what came before as well. */
  void hashWith(SuiteHash agreed) {
    hash = agreed;
    digest = agreed.newDigest();
    digest.update(messages());
  }

  void add(HandshakeMessage message) {
    byte[] whole = message.whole();
    digest.update(whole);
    if (messages != null) {
      messages.writeBytes(whole);
    }
  }

  /** Everything that was added so far. */
  byte[] messages() {
    if (messages == null) {
      throw new IllegalStateException("only the hash was kept");
    }
    return messages.toByteArray();
  }

  /** The hash of what was added so far. */
  byte[] hash() {
    try {
      return ((MessageDigest) digest.clone()).digest();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this JDK's " + hash + " cannot be copied", e);
    }
  }
}
