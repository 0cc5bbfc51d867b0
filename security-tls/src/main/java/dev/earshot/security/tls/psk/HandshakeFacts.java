package dev.earshot.security.tls.psk;

import dev.earshot.Payload;
import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.engine.HandshakeProgress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How far a handshake with pre-shared keys has come. Used by one thread at a time. */
final class HandshakeFacts extends HandshakeProgress {
  private boolean keyMissing;
  private boolean noKeyOffered;
  private boolean keyNotTaken;
  private @Nullable Payload identity;

  /** The identity that the client named, and the server goes on with. */
  void identity(Payload name) {
    identity = name;
  }

  @Nullable Payload identity() {
    return identity;
  }

  /** There is no key for the identity. */
  void keyMissing() {
    keyMissing = true;
  }

  boolean isKeyMissing() {
    return keyMissing;
  }

  /** The client speaks TLS 1.3 and offers no key. */
  void noKeyOffered() {
    noKeyOffered = true;
  }

  boolean isNoKeyOffered() {
    return noKeyOffered;
  }

  /** The server speaks TLS 1.3 and has not taken the key. */
  void keyNotTaken() {
    keyNotTaken = true;
  }

  boolean isKeyNotTaken() {
    return keyNotTaken;
  }

  @Override
  protected SecurityMetadata settled(String protocol, int suite) {
    return new SecurityMetadata(
        protocol, PskSuite.ofCode(suite).name(), Optional.ofNullable(identity));
  }
}
