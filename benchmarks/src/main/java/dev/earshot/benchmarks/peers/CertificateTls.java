package dev.earshot.benchmarks.peers;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.SSLException;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** TLS 1.3 with AES-128-GCM and a self-signed certificate, by one of the engines Netty knows. */
record CertificateTls(SslContext serving, SslContext connecting) implements Protection {
  private static final List<String> SUITES = List.of("TLS_AES_128_GCM_SHA256");

  static CertificateTls by(SslProvider engine) {
    try {
      KeyPairGenerator keys = KeyPairGenerator.getInstance("EC");
      keys.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = keys.generateKeyPair();
      return new CertificateTls(
          settings(SslContextBuilder.forServer(pair.getPrivate(), certificate(pair)), engine),
          settings(
              SslContextBuilder.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE),
              engine));
    } catch (GeneralSecurityException | OperatorCreationException | SSLException e) {
      throw new IllegalStateException("TLS by " + engine, e);
    }
  }

  private static SslContext settings(SslContextBuilder builder, SslProvider engine)
      throws SSLException {
    // BoringSSL prefers that suite by itself, and cannot be told.
    List<String> suites = engine == SslProvider.JDK ? SUITES : null;
    return builder.sslProvider(engine).protocols("TLSv1.3").ciphers(suites).build();
  }

  private static X509Certificate certificate(KeyPair pair)
      throws OperatorCreationException, GeneralSecurityException {
    X500Name name = new X500Name("CN=benchmark");
    Instant now = Instant.now();
    var unsigned =
        new JcaX509v3CertificateBuilder(
            name,
            BigInteger.ONE,
            Date.from(now.minus(Duration.ofDays(1))),
            Date.from(now.plus(Duration.ofDays(1))),
            name,
            pair.getPublic());
    var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
    return new JcaX509CertificateConverter().getCertificate(unsigned.build(signer));
  }

  @Override
  public void serve(Channel channel) {
    channel.pipeline().addLast(serving.newHandler(channel.alloc()));
  }

  @Override
  public void connect(Channel channel) {
    channel.pipeline().addLast(connecting.newHandler(channel.alloc()));
  }
}
