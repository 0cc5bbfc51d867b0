package dev.earshot.security.tls.psk;

import dev.earshot.TlsVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bouncycastle.tls.ProtocolVersion;

/**
 * What one side may agree on, in the forms in which a handshake asks for it: made once, since each
 * is asked for several times in every handshake. Immutable.
 */
final class PskTerms {
  /** Those that can be configured. */
  private static final List<PskTerms> CONFIGURABLE = configurable();

  private final List<PskSuite> suites;
  private final int[] codes;
  private final List<String> names;
  private final List<String> protocols;
  private final ProtocolVersion[] versions;
  private final boolean tls13;

  private PskTerms(List<PskSuite> suites) {
    this.suites = List.copyOf(suites);
    this.codes = PskSuite.codes(suites);
    this.names = suites.stream().map(Enum::name).toList();
    this.protocols = PskSuite.versions(suites).stream().map(TlsVersion::protocol).toList();
    this.versions = Versions.of(suites);
    this.tls13 = suites.stream().anyMatch(PskSuite::isTls13);
  }

  /** Those of a configuration. */
  static PskTerms of(Set<TlsVersion> versions, boolean forwardSecrecyRequired) {
    return CONFIGURABLE.get(index(versions, forwardSecrecyRequired));
  }

  /** With {@code suites}, dearest first. */
  static PskTerms of(List<PskSuite> suites) {
    return new PskTerms(suites);
  }

  private static List<PskTerms> configurable() {
    List<Set<TlsVersion>> inOrderOfIndex =
        List.of(
            Set.of(),
            Set.of(TlsVersion.TLS_1_2),
            Set.of(TlsVersion.TLS_1_3),
            Set.of(TlsVersion.TLS_1_2, TlsVersion.TLS_1_3));
    List<PskTerms> all = new ArrayList<>();
    for (boolean secrecy : new boolean[] {false, true}) {
      inOrderOfIndex.forEach(set -> all.add(new PskTerms(PskSuite.of(set, secrecy))));
    }
    return List.copyOf(all);
  }

  private static int index(Set<TlsVersion> versions, boolean secrecy) {
    return (versions.contains(TlsVersion.TLS_1_2) ? 1 : 0)
        + (versions.contains(TlsVersion.TLS_1_3) ? 2 : 0)
        + (secrecy ? 4 : 0);
  }

  /** The suites, dearest first. */
  List<PskSuite> suites() {
    return suites;
  }

  /** Their codes; an array of the caller's own. */
  int[] codes() {
    return codes.clone();
  }

  /** Their names. */
  List<String> names() {
    return names;
  }

  /** The names of the versions, newest first. */
  List<String> protocols() {
    return protocols;
  }

  /** The versions in Bouncy Castle's terms, newest first; an array of the caller's own. */
  ProtocolVersion[] versions() {
    return versions.clone();
  }

  /** Whether TLS 1.3 may be agreed. */
  boolean isTls13() {
    return tls13;
  }
}
