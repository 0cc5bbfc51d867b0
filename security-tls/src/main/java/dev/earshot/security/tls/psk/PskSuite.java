package dev.earshot.security.tls.psk;

import java.util.Arrays;
import java.util.List;
import org.bouncycastle.tls.CipherSuite;

/** The cipher suites, dearest first. */
enum PskSuite {
  /** RFC 8442. */
  TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256(CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256),
  /** RFC 7905. */
  TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256(
      CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256),
  /** RFC 5487; what Apple's samples use. Who learns the key later can read what was recorded. */
  TLS_PSK_WITH_AES_128_GCM_SHA256(CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256);

  private final int code;

  PskSuite(int code) {
    this.code = code;
  }

  /** The suites to agree on. */
  static List<PskSuite> of(boolean forwardSecrecyRequired) {
    return Arrays.stream(values())
        .filter(suite -> !forwardSecrecyRequired || suite.isForwardSecret())
        .toList();
  }

  /** The suite with {@code code}, which is one of ours. */
  static PskSuite ofCode(int code) {
    return Arrays.stream(values())
        .filter(suite -> suite.code == code)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("suite " + Integer.toHexString(code)));
  }

  static int[] codes(List<PskSuite> suites) {
    return suites.stream().mapToInt(suite -> suite.code).toArray();
  }

  boolean isForwardSecret() {
    return this != TLS_PSK_WITH_AES_128_GCM_SHA256;
  }
}
