package dev.earshot.security.tls.psk;

import dev.earshot.PskSource;
import dev.earshot.Security;
import dev.earshot.spi.StreamSecurity.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Arrays;
import java.util.HexFormat;

/** Peers that run the {@code openssl} command, and engines to talk with them. */
final class OpenSslPeers {
  static final String KEY = HexFormat.of().formatHex(EnginePair.KEY);
  static final String OTHER_KEY = "ff".repeat(32);
  static final String GCM = "PSK-AES128-GCM-SHA256";
  static final String CHACHA = "ECDHE-PSK-CHACHA20-POLY1305";

  private static final PskSecurity SECURITY =
      new PskSecurity(Security.psk(EnginePair.key("kitchen")));

  private static final PskSecurity ANY_VERSION =
      new PskSecurity(EnginePair.anyVersion(PskSource.of(EnginePair.key("kitchen"))));

  private OpenSslPeers() {}

  /** What OpenSSL calls {@code suite}; null if it has none such. */
  static String nameOf(PskSuite suite) {
    switch (suite) {
      case TLS_PSK_WITH_AES_128_GCM_SHA256:
        return GCM;
      case TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256:
        return CHACHA;
      case TLS_ECDHE_PSK_WITH_AES_128_GCM_SHA256:
        return null;
      default:
        return suite.name();
    }
  }

  static BlockingTls accept(ServerSocket listener) throws IOException {
    listener.setSoTimeout(20_000);
    return new BlockingTls(listener.accept(), SECURITY.open(Role.SERVER, "s_client"));
  }

  static BlockingTls dial(OpenSsl openssl, int port) throws Exception {
    return new BlockingTls(openssl.connect(port), SECURITY.open(Role.CLIENT, "s_server"));
  }

  /** The same with TLS 1.3 as well. */
  static BlockingTls acceptAnyVersion(ServerSocket listener) throws IOException {
    listener.setSoTimeout(20_000);
    return new BlockingTls(listener.accept(), ANY_VERSION.open(Role.SERVER, "s_client"));
  }

  static BlockingTls dialAnyVersion(OpenSsl openssl, int port) throws Exception {
    return new BlockingTls(openssl.connect(port), ANY_VERSION.open(Role.CLIENT, "s_server"));
  }

  static OpenSsl client(ServerSocket listener, String key, String identity, String... more)
      throws IOException {
    return OpenSsl.client(listener, join(more, "-psk", key, "-psk_identity", identity));
  }

  static OpenSsl server(int port, String key, String... more) throws IOException {
    return OpenSsl.server(port, join(more, "-nocert", "-psk", key, "-psk_identity", "kitchen"));
  }

  private static String[] join(String[] some, String... others) {
    String[] all = Arrays.copyOf(some, some.length + others.length);
    System.arraycopy(others, 0, all, some.length, others.length);
    return all;
  }

  static ServerSocket listen() throws IOException {
    return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }
}
