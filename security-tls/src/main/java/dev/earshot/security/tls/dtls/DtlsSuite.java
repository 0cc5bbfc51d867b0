package dev.earshot.security.tls.dtls;

import dev.earshot.security.tls.record.RecordAlgorithm;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.CipherSuite;

/** The cipher suites, dearest first; all of them hash with SHA-256. */
enum DtlsSuite {
  /** RFC 8442. */
  TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256(
      CipherSuite.TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256, RecordAlgorithm.AES_128_GCM, true),
  /** RFC 7905. */
  TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256(
      CipherSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256,
      RecordAlgorithm.CHACHA20_POLY1305,
      true),
  /** RFC 5487; what Apple's samples use. Who learns the key later can read what was recorded. */
  TLS_PSK_WITH_AES_128_GCM_SHA256(
      CipherSuite.TLS_PSK_WITH_AES_128_GCM_SHA256, RecordAlgorithm.AES_128_GCM, false);

  private final int code;
  private final RecordAlgorithm algorithm;
  private final boolean forwardSecret;

  DtlsSuite(int code, RecordAlgorithm algorithm, boolean forwardSecret) {
    this.code = code;
    this.algorithm = algorithm;
    this.forwardSecret = forwardSecret;
  }

  /** The suites to agree on. */
  static List<DtlsSuite> of(boolean forwardSecrecyRequired) {
    return Arrays.stream(values())
        .filter(suite -> !forwardSecrecyRequired || suite.forwardSecret)
        .toList();
  }

  /** The one of {@code suites} with {@code code}. */
  static Optional<DtlsSuite> find(List<DtlsSuite> suites, int code) {
    return suites.stream().filter(suite -> suite.code == code).findFirst();
  }

  int code() {
    return code;
  }

  RecordAlgorithm algorithm() {
    return algorithm;
  }

  /** Whether both sides agree on a secret of their own, beside the key. */
  boolean isForwardSecret() {
    return forwardSecret;
  }
}
