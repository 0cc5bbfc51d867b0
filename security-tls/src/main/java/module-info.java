/** TLS with pre-shared keys for stream transports, found by its service. */
module dev.earshot.security.tls {
  requires transitive dev.earshot;
  requires org.bouncycastle.provider;
  requires org.bouncycastle.tls;
  requires static org.jspecify;

  provides dev.earshot.spi.SecurityProvider with
      dev.earshot.security.tls.provider.TlsSecurityProvider;
}
