package dev.earshot.transport.netty;

import dev.earshot.Identity;
import dev.earshot.Parameters;
import dev.earshot.Protocol;
import dev.earshot.Security;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.codec.quic.BoringSSLContextOption;
import io.netty.handler.codec.quic.BoringSSLKeylessManagerFactory;
import io.netty.handler.codec.quic.QuicSslContext;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicSslEngine;
import io.netty.handler.ssl.ClientAuth;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS 1.3 for QUIC, by the engine that comes with it. Sessions may be resumed by a peer, but trust
 * is not: see {@link QuicJudgement#decide}. Thread-safe.
 *
 * <p>What the engine keeps for one set of parameters is outside the heap and freed late, so a few
 * are kept for use again.
 */
final class QuicTls {
  private static final String JUDGEMENT = "dev.earshot.judgement";
  private static final int MOST_KEPT = 16;

  /** Those that our own engines take too, and what they are called here. */
  private static final String[] SIGNATURES = {
    "ecdsa_secp256r1_sha256",
    "ed25519",
    "ecdsa_secp384r1_sha384",
    "rsa_pss_rsae_sha256",
    "rsa_pss_rsae_sha384",
    "rsa_pss_rsae_sha512"
  };

  private final Map<Terms, QuicSslContext> kept = new ConcurrentHashMap<>();

  /** What an engine's context depends on; the security is compared by identity. */
  private record Terms(Security.Pki security, List<String> protocols, boolean server) {}

  /** An engine for a connecting side; {@code host} is told to the peer if it is a name. */
  QuicSslEngine client(ByteBufAllocator allocator, Parameters parameters, String host, int port) {
    return context(terms(parameters, false)).newEngine(allocator, host, port);
  }

  /** An engine for an accepting side. */
  QuicSslEngine server(ByteBufAllocator allocator, Parameters parameters) {
    return context(terms(parameters, true)).newEngine(allocator);
  }

  /** Has {@code judgement} decide about whom {@code engine} meets. */
  static void judge(SSLEngine engine, QuicJudgement judgement) {
    engine.getSession().putValue(JUDGEMENT, judgement);
  }

  private static Terms terms(Parameters parameters, boolean server) {
    if (parameters.protocol() instanceof Protocol.Quic quic
        && parameters.security() instanceof Security.Pki pki) {
      return new Terms(pki, quic.options().applicationProtocols(), server);
    }
    throw new IllegalArgumentException(parameters + " are not for QUIC");
  }

  private QuicSslContext context(Terms terms) {
    QuicSslContext known = kept.get(terms);
    if (known != null) {
      return known;
    }
    if (kept.size() >= MOST_KEPT) {
      kept.clear();
    }
    return kept.computeIfAbsent(terms, QuicTls::make);
  }

  private static QuicSslContext make(Terms terms) {
    Security.Pki security = terms.security();
    try {
      QuicSslContextBuilder builder;
      if (terms.server()) {
        Identity own = security.identity().orElseThrow();
        builder =
            isReadable(own.privateKey())
                ? QuicSslContextBuilder.forServer(new QuicOwnKey(own), null)
                : QuicSslContextBuilder.forServer(keyless(own), null);
        builder.clientAuth(
            security.clientCertificateRequired() ? ClientAuth.REQUIRE : ClientAuth.NONE);
      } else {
        builder = QuicSslContextBuilder.forClient();
        if (security.identity().isPresent()) {
          Identity own = security.identity().get();
          if (isReadable(own.privateKey())) {
            builder.keyManager(new QuicOwnKey(own), null);
          } else {
            builder.keyManager(keyless(own), null);
          }
        }
        builder.sessionCacheSize(0);
      }
      return builder
          .trustManager(new Judging())
          .option(BoringSSLContextOption.SIGNATURE_ALGORITHMS, SIGNATURES)
          .applicationProtocols(terms.protocols().toArray(String[]::new))
          .earlyData(false)
          .build();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("an identity that TLS cannot use: " + e.getMessage(), e);
    }
  }

  /** One that its provider does not keep to itself, as hardware does. */
  private static boolean isReadable(PrivateKey key) {
    return key.getEncoded() != null && "PKCS#8".equals(key.getFormat());
  }

  private static BoringSSLKeylessManagerFactory keyless(Identity own)
      throws GeneralSecurityException, IOException {
    return BoringSSLKeylessManagerFactory.newKeyless(
        new QuicSigning(own), own.chain().toArray(X509Certificate[]::new));
  }

  /** Asks the judgement of the engine in question. */
  private static final class Judging extends X509ExtendedTrustManager {
    @Override
    public void checkServerTrusted(
        X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
        throws CertificateException {
      ask(chain, engine);
    }

    @Override
    public void checkClientTrusted(
        X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
        throws CertificateException {
      ask(chain, engine);
    }

    private static void ask(X509Certificate[] chain, @Nullable SSLEngine engine)
        throws CertificateException {
      Object judgement = engine == null ? null : engine.getSession().getValue(JUDGEMENT);
      if (!(judgement instanceof QuicJudgement)) {
        throw new CertificateException("nobody is there to judge");
      }
      ((QuicJudgement) judgement).shown(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      ask(chain, null);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
        throws CertificateException {
      ask(chain, null);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      ask(chain, null);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType)
        throws CertificateException {
      ask(chain, null);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
