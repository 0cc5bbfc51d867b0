package dev.earshot.security.tls.dtls;

import dev.earshot.security.tls.record.RecordAlgorithm;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.tls.CipherSuite;

/** The cipher suites with certificates, dearest first; all have forward secrecy. */
enum CertificateSuite {
  /** RFC 5289; also for keys of Ed25519 (RFC 8422, section 5.5). */
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256(
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, RecordAlgorithm.AES_128_GCM, false),
  /** RFC 5289; for peers that have no other. */
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384(
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, RecordAlgorithm.AES_256_GCM, false),
  /** RFC 7905. */
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256(
      CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
      RecordAlgorithm.CHACHA20_POLY1305,
      false),
  /** RFC 5289. */
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256(
      CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, RecordAlgorithm.AES_128_GCM, true),
  /** RFC 5289; for peers that have no other. */
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384(
      CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, RecordAlgorithm.AES_256_GCM, true),
  /** RFC 7905. */
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256(
      CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
      RecordAlgorithm.CHACHA20_POLY1305,
      true);

  private final int code;
  private final RecordAlgorithm algorithm;
  private final boolean rsa;

  CertificateSuite(int code, RecordAlgorithm algorithm, boolean rsa) {
    this.code = code;
    this.algorithm = algorithm;
    this.rsa = rsa;
  }

  static List<Integer> codes(List<CertificateSuite> suites) {
    return suites.stream().map(suite -> suite.code).toList();
  }

  /** The one of {@code suites} with {@code code}. */
  static Optional<CertificateSuite> find(List<CertificateSuite> suites, int code) {
    return suites.stream().filter(suite -> suite.code == code).findFirst();
  }

  /** The dearest of {@code offered} for a server whose key is of RSA, or of a curve. */
  static Optional<CertificateSuite> choose(List<Integer> offered, boolean ofRsa) {
    return Arrays.stream(values())
        .filter(suite -> suite.rsa == ofRsa && offered.contains(suite.code))
        .findFirst();
  }

  int code() {
    return code;
  }

  RecordAlgorithm algorithm() {
    return algorithm;
  }

  SuiteHash hash() {
    return algorithm == RecordAlgorithm.AES_256_GCM ? SuiteHash.SHA_384 : SuiteHash.SHA_256;
  }

  boolean isRsa() {
    return rsa;
  }
}
