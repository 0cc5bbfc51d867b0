package dev.earshot.transport.netty;

/** Which close codes may stand in a close frame (RFC 6455, section 7.4, and IANA's registry). */
final class CloseCodes {
  private CloseCodes() {}

  /** Whether either side may send {@code code}. */
  static boolean mayBeSent(int code) {
    boolean forApplications = code >= 3000 && code <= 4999;
    boolean registered = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
    return forApplications || registered;
  }
}
