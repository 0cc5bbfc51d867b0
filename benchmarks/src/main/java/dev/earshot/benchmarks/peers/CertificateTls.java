package dev.earshot.benchmarks.peers;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.List;
import javax.net.ssl.SSLException;

/** TLS 1.3 with AES-128-GCM and a self-signed certificate, by one of the engines Netty knows. */
record CertificateTls(SslContext serving, SslContext connecting) implements Protection {
  private static final List<String> SUITES = List.of("TLS_AES_128_GCM_SHA256");

  private static final long FAREWELL_MILLIS = 1_000;

  static CertificateTls by(SslProvider engine) {
    SelfSigned own = SelfSigned.make();
    try {
      return new CertificateTls(
          settings(SslContextBuilder.forServer(own.key(), own.certificate()), engine),
          settings(
              SslContextBuilder.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE),
              engine));
    } catch (SSLException e) {
      throw new IllegalStateException("TLS by " + engine, e);
    }
  }

  private static SslContext settings(SslContextBuilder builder, SslProvider engine)
      throws SSLException {
    // BoringSSL prefers that suite by itself, and cannot be told.
    List<String> suites = engine == SslProvider.JDK ? SUITES : null;
    return builder.sslProvider(engine).protocols("TLSv1.3").ciphers(suites).build();
  }

  @Override
  public void serve(Channel channel) {
    channel.pipeline().addLast(serving.newHandler(channel.alloc()));
  }

  @Override
  public void connect(Channel channel) {
    SslHandler handler = connecting.newHandler(channel.alloc());
    handler.setCloseNotifyReadTimeoutMillis(FAREWELL_MILLIS);
    channel.pipeline().addLast(handler);
  }

  /** A close_notify, which is awaited from the peer too. */
  @Override
  public void farewell(Channel channel) {
    channel.close();
  }
}
