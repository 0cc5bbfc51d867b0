package dev.earshot.security.tls.pki;

import dev.earshot.HandshakeException.Reason;
import org.bouncycastle.tls.AlertDescription;

/**
 * Why a peer is not let in. Immutable.
 *
 * @param reason for programs
 * @param alert the description of the alert that tells the peer
 * @param words what is wrong, with whose certificate, for people; nothing of the peer's unescaped
 */
public record Objection(Reason reason, short alert, String words) {

  static Objection notTrusted(String words) {
    return new Objection(Reason.NOT_TRUSTED, AlertDescription.bad_certificate, words);
  }

  static Objection tooLate(String words) {
    return new Objection(Reason.TRUST_TIMED_OUT, AlertDescription.bad_certificate, words);
  }
}
