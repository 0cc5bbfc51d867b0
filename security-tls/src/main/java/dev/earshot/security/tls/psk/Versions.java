package dev.earshot.security.tls.psk;

import dev.earshot.TlsVersion;
import java.util.List;
import java.util.stream.Collectors;
import org.bouncycastle.tls.ProtocolVersion;

/** Versions of TLS in Bouncy Castle's terms and in words. */
final class Versions {
  private Versions() {}

  /** The versions that {@code suites} belong to, newest first. */
  static ProtocolVersion[] of(List<PskSuite> suites) {
    return PskSuite.versions(suites).stream().map(Versions::of).toArray(ProtocolVersion[]::new);
  }

  /** The same for messages, such as {@code TLS 1.3 or TLS 1.2}. */
  static String words(List<PskSuite> suites) {
    return PskSuite.versions(suites).stream()
        .map(version -> version.protocol().replace("TLSv", "TLS "))
        .collect(Collectors.joining(" or "));
  }

  private static ProtocolVersion of(TlsVersion version) {
    return version == TlsVersion.TLS_1_3 ? ProtocolVersion.TLSv13 : ProtocolVersion.TLSv12;
  }
}
