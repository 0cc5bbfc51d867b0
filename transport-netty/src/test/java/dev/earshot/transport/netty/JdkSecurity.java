package dev.earshot.transport.netty;

import dev.earshot.ConnectionLostException;
import dev.earshot.HandshakeException;
import dev.earshot.HandshakeException.Reason;
import dev.earshot.NetworkException;
import dev.earshot.SecurityMetadata;
import dev.earshot.spi.StreamSecurity;
import java.io.InputStream;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManagerFactory;

/** The JDK's own TLS with a certificate that stands in the test resources and is trusted. */
final class JdkSecurity implements StreamSecurity {
  private static final char[] PASSWORD = "earshot".toCharArray();

  private final SSLContext context;
  private final String version;

  private JdkSecurity(SSLContext context, String version) {
    this.context = context;
    this.version = version;
  }

  /** Both roles, with TLS of {@code version}. */
  static JdkSecurity of(String version) {
    return new JdkSecurity(context(true), version);
  }

  /** A connecting side that trusts nobody. */
  static JdkSecurity distrusting(String version) {
    return new JdkSecurity(context(false), version);
  }

  static SSLContext context(boolean trusting) {
    try (InputStream stored = JdkSecurity.class.getResourceAsStream("loopback.p12")) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(stored, PASSWORD);
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store, PASSWORD);
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      String trustedName = trusting ? "loopback" : "another";
      trusted.setCertificateEntry(trustedName, store.getCertificate(trustedName));
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
      return context;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public SecuredStream open(Role role, String peer) {
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(role == Role.CLIENT);
    engine.setEnabledProtocols(new String[] {version});
    return new Stream(engine, peer);
  }

  private static final class Stream implements SecuredStream {
    private final SSLEngine engine;
    private final String peer;
    private boolean open;

    Stream(SSLEngine engine, String peer) {
      this.engine = engine;
      this.peer = peer;
    }

    @Override
    public SSLEngine engine() {
      return engine;
    }

    @Override
    public SecurityMetadata metadata() {
      open = true;
      return new SecurityMetadata(
          engine.getSession().getProtocol(),
          engine.getSession().getCipherSuite(),
          Optional.empty());
    }

    @Override
    public NetworkException explain(Throwable cause) {
      String message = "TLS with " + peer + ": " + cause.getMessage();
      if (open) {
        return new ConnectionLostException(message, cause);
      }
      boolean distrusted = String.valueOf(cause.getMessage()).contains("certificate_unknown");
      return new HandshakeException(distrusted ? Reason.NOT_TRUSTED : Reason.OTHER, message, cause);
    }
  }
}
