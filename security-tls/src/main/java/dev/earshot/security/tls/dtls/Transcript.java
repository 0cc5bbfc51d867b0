package dev.earshot.security.tls.dtls;

import java.io.ByteArrayOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/** The hash of the handshake so far (RFC 6347, section 4.2.6). For one thread. */
final class Transcript {
  private MessageDigest digest = sha256();

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
    digest = sha256();
    if (messages != null) {
      messages.reset();
    }
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
      throw new IllegalStateException("this JDK's SHA-256 cannot be copied", e);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
