package dev.earshot.security.tls.pki;

import dev.earshot.TlsVersion;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.tls.CipherSuite;

/** The cipher suites, dearest first; all have forward secrecy. */
enum PkiSuite {
  /** RFC 8446. */
  TLS_AES_128_GCM_SHA256(CipherSuite.TLS_AES_128_GCM_SHA256, Kind.TLS_1_3),
  /** RFC 8446; for peers that have no other. */
  TLS_AES_256_GCM_SHA384(CipherSuite.TLS_AES_256_GCM_SHA384, Kind.TLS_1_3),
  /** RFC 8446. */
  TLS_CHACHA20_POLY1305_SHA256(CipherSuite.TLS_CHACHA20_POLY1305_SHA256, Kind.TLS_1_3),
  /** RFC 5289; also for keys of Ed25519 (RFC 8422, section 5.5). */
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256(
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, Kind.CURVE),
  /** RFC 5289; for peers that have no other. */
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384(
      CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, Kind.CURVE),
  /** RFC 7905. */
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256(
      CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, Kind.CURVE),
  /** RFC 5289. */
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256(
      CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, Kind.RSA),
  /** RFC 5289; for peers that have no other. */
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384(
      CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, Kind.RSA),
  /** RFC 7905. */
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256(
      CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, Kind.RSA);

  /** What an accepting side has to have. */
  private enum Kind {
    TLS_1_3,
    CURVE,
    RSA
  }

  private final int code;
  private final Kind kind;

  PkiSuite(int code, Kind kind) {
    this.code = code;
    this.kind = kind;
  }

  /** All that may be agreed on in {@code versions}. */
  static List<PkiSuite> of(Set<TlsVersion> versions) {
    return Arrays.stream(values()).filter(suite -> versions.contains(suite.version())).toList();
  }

  TlsVersion version() {
    return kind == Kind.TLS_1_3 ? TlsVersion.TLS_1_3 : TlsVersion.TLS_1_2;
  }

  /** Those of {@code suites} that an accepting side with such a key can use. */
  static List<PkiSuite> of(List<PkiSuite> suites, boolean rsa) {
    Kind other = rsa ? Kind.CURVE : Kind.RSA;
    return suites.stream().filter(suite -> suite.kind != other).toList();
  }

  /** The name of the suite with {@code code}, which is one of ours. */
  static String name(int code) {
    return Arrays.stream(values())
        .filter(suite -> suite.code == code)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("suite " + Integer.toHexString(code)))
        .name();
  }

  static int[] codes(List<PkiSuite> suites) {
    return suites.stream().mapToInt(suite -> suite.code).toArray();
  }
}
