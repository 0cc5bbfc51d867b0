package dev.earshot.security.tls.dtls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hash of the handshake so far (RFC 6347, section 4.2.6). For one thread. */
final class Transcript {
  private MessageDigest digest = sha256();

  /** Begins anew: the first hello and its answer do not count. */
  void reset() {
    digest = sha256();
  }

  void add(HandshakeMessage message) {
    digest.update(message.whole());
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
