package dev.earshot.security.tls.interop;

import java.util.Locale;

/**
 * One line of the table of interoperability: a pairing, and what comes of it. Immutable.
 *
 * @param what the pairing
 * @param outcome {@code works}, or why the other side cannot
 * @param run shows it, by throwing if it is not so
 */
public record Row(Pairing what, String outcome, Run run) {
  private static final String WORKS = "works";

  /**
   * Who talks with whom.
   *
   * @param protocol such as {@code TLS 1.2} or {@code DTLS 1.2}
   * @param proof {@code PSK} or {@code PKI}
   * @param suite the suite's IANA name
   * @param peer the other side's program, such as {@code OpenSSL}
   * @param tool the command that must be installed; {@code java} for the JDK itself
   * @param role ours: {@code connects} or {@code accepts}
   */
  public record Pairing(
      String protocol, String proof, String suite, String peer, String tool, String role) {

    /** In one line, as a name for a test. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%s %s %s %s, Earshot %s", protocol, proof, suite, peer, role);
    }
  }

  /** Something that throws if it does not work. */
  public interface Run {
    /** Shows what the row says. */
    void run() throws Exception;
  }

  /** A handshake and bytes both ways, which {@code run} shows. */
  public static Row works(Pairing what, Run run) {
    return new Row(what, WORKS, run);
  }

  /** What the other side cannot do, as {@code run} shows, for {@code reason}. */
  public static Row cannot(Pairing what, String reason, Run run) {
    return new Row(what, "no: " + reason, run);
  }

  String markdown() {
    return String.format(
        Locale.ROOT,
        "| %s | %s | `%s` | %s | %s | %s |",
        what.protocol(),
        what.proof(),
        what.suite(),
        what.peer(),
        what.role(),
        outcome);
  }
}
