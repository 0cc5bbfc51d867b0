package dev.earshot;

/** A version of TLS that may be agreed on. Older ones are never spoken. */
public enum TlsVersion {
  /** RFC 5246, with the extended master secret of RFC 7627 where the peer has it. */
  TLS_1_2("TLSv1.2"),
  /** RFC 8446. */
  TLS_1_3("TLSv1.3");

  private final String protocol;

  TlsVersion(String protocol) {
    this.protocol = protocol;
  }

  /** Its name in {@link SecurityMetadata#protocol}. */
  public String protocol() {
    return protocol;
  }
}
