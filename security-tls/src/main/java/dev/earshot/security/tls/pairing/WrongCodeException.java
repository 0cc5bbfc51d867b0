package dev.earshot.security.tls.pairing;

/** The two sides have different codes, or somebody between them has spoken to each. */
public final class WrongCodeException extends Exception {
  private static final long serialVersionUID = 1L;

  WrongCodeException() {
    super("the codes differ");
  }
}
