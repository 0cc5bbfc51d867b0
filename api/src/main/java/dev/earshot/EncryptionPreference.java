package dev.earshot;

import java.util.Objects;

/**
 * What a program that comes from Multipeer Connectivity says about encryption, in its words.
 *
 * <p>It adds nothing to {@link Security}, which says how: it only holds a program to what it meant,
 * by {@link #check}. Sessions take it as {@code Session.Builder.encryptionPreference}.
 */
public enum EncryptionPreference {
  /** Nothing is protected: everybody on the path can read and change what is sent. */
  NONE,

  /**
   * Protected where both sides like, which is refused here: whoever is on the path makes it look as
   * if the other side did not like, and reads on. It would protect nobody who needs it.
   */
  OPTIONAL,

  /** Every connection is protected, or does not come about. */
  REQUIRED;

  /**
   * The same {@code security}, if it is what this preference says.
   *
   * @throws IllegalArgumentException if it is not, or this is {@link #OPTIONAL}; the message says
   *     what to do
   */
  public Security check(Security security) {
    Objects.requireNonNull(security, "security");
    boolean isPlain = security instanceof Security.None;
    if (this == OPTIONAL) {
      throw new IllegalArgumentException(
          "encryption that is OPTIONAL protects nobody: whoever is on the path can"
              + " take it away; choose REQUIRED with Security.psk(key) or"
              + " Security.pki(identity, trust), or NONE");
    }
    if (this == REQUIRED && isPlain) {
      throw new IllegalArgumentException(
          "encryption is REQUIRED, and security is none: choose Security.psk(key), or"
              + " Security.pki(identity, trust) with an identity of each peer's own");
    }
    if (this == NONE && !isPlain) {
      throw new IllegalArgumentException(
          "encryption is to be NONE, and security is "
              + security.getClass().getSimpleName()
              + ": choose REQUIRED, or Security.none()");
    }
    return security;
  }
}
