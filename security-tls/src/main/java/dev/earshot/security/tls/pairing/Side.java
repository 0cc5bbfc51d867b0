package dev.earshot.security.tls.pairing;

/** Which of the two a participant is; its name is part of everything that it proves. */
public enum Side {
  /** The side that shows the code and listens. */
  SHOWING("server"),
  /** The side where the code is typed, which connects. */
  ENTERING("client");

  private final String proofName;

  Side(String proofName) {
    this.proofName = proofName;
  }

  /** The name in proofs: those of draft-cragie-tls-ecjpake, which libraries insist on. */
  String proofName() {
    return proofName;
  }

  /** The other one. */
  Side other() {
    return this == SHOWING ? ENTERING : SHOWING;
  }
}
