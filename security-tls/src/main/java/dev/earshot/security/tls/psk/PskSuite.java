package dev.earshot.security.tls.psk;

import dev.earshot.TlsVersion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.bouncycastle.tls.CipherSuite;

/** The cipher suites, dearest first. Those of TLS 1.3 with SHA-384 do not go with external keys. */
enum PskSuite {
  /** RFC 8446. */
  TLS_AES_128_GCM_SHA256(TlsVersion.TLS_1_3, CipherSuite.TLS_AES_128_GCM_SHA256),
  /** RFC 8446. */
  TLS_CHACHA20_POLY1305_SHA256(TlsVersion.TLS_1_3, CipherSuite.TLS_CHACHA20_POLY1305_SHA256),
  /** RFC 8442. */
  TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256(
      TlsVersion.TLS_1_2, CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256),
  /** RFC 7905. */
  TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256(
      TlsVersion.TLS_1_2, CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256),
  /** RFC 5487; what Apple's samples use. Who learns the key later can read what was recorded. */
  TLS_PSK_WITH_AES_128_GCM_SHA256(TlsVersion.TLS_1_2, CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256);

  private static final List<PskSuite> ALL = List.of(values());
  private static final List<TlsVersion> NEWEST_FIRST =
      Arrays.stream(TlsVersion.values()).sorted(Comparator.reverseOrder()).toList();

  private final TlsVersion version;
  private final int code;

  PskSuite(TlsVersion version, int code) {
    this.version = version;
    this.code = code;
  }

  static List<PskSuite> all() {
    return ALL;
  }

  /** The suites to agree on. */
  static List<PskSuite> of(Set<TlsVersion> versions, boolean forwardSecrecyRequired) {
    return ALL.stream()
        .filter(suite -> versions.contains(suite.version))
        .filter(suite -> !forwardSecrecyRequired || suite.isForwardSecret())
        .toList();
  }

  /** The suite with {@code code}, which is one of ours. */
  static PskSuite ofCode(int code) {
    for (PskSuite suite : ALL) {
      if (suite.code == code) {
        return suite;
      }
    }
    throw new IllegalArgumentException("suite " + Integer.toHexString(code));
  }

  static int[] codes(List<PskSuite> suites) {
    return suites.stream().mapToInt(suite -> suite.code).toArray();
  }

  /** The versions that {@code suites} belong to, newest first. */
  static List<TlsVersion> versions(List<PskSuite> suites) {
    List<TlsVersion> found = new ArrayList<>(NEWEST_FIRST.size());
    for (TlsVersion version : NEWEST_FIRST) {
      if (suites.stream().anyMatch(suite -> suite.version == version)) {
        found.add(version);
      }
    }
    return found;
  }

  int code() {
    return code;
  }

  boolean isTls13() {
    return version == TlsVersion.TLS_1_3;
  }

  boolean isForwardSecret() {
    return this != TLS_PSK_WITH_AES_128_GCM_SHA256;
  }
}
