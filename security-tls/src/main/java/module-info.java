/**
 * TLS with pre-shared keys or certificates, found by its service; and, to be called, what makes,
 * stores and loads identities.
 */
module dev.earshot.security.tls {
  requires transitive dev.earshot;
  requires io.nayuki.qrcodegen;
  requires org.bouncycastle.pkix;
  requires org.bouncycastle.provider;
  requires org.bouncycastle.tls;
  requires static org.jspecify;

  exports dev.earshot.security.tls;

  provides dev.earshot.spi.SecurityProvider with
      dev.earshot.security.tls.provider.TlsSecurityProvider;
}
