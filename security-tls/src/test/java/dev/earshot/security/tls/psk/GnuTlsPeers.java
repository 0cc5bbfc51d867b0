package dev.earshot.security.tls.psk;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Peers that run the commands of GnuTLS. */
final class GnuTlsPeers {
  private static final String COMMON = ":+AEAD:+COMP-NULL:+GROUP-X25519:+GROUP-SECP256R1:+SIGN-ALL";

  private GnuTlsPeers() {}

  /** How {@code suite} alone is asked for; null if GnuTLS has none such. */
  static String priority(PskSuite suite) {
    switch (suite) {
      case TLS_PSK_WITH_AES_128_GCM_SHA256:
        return "NONE:+VERS-TLS1.2:+PSK:+AES-128-GCM" + COMMON;
      case TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256:
        return "NONE:+VERS-TLS1.2:+ECDHE-PSK:+CHACHA20-POLY1305" + COMMON;
      case TLS_AES_128_GCM_SHA256:
        return "NONE:+VERS-TLS1.3:+ECDHE-PSK:+PSK:+DHE-PSK:+AES-128-GCM" + COMMON;
      case TLS_CHACHA20_POLY1305_SHA256:
        return "NONE:+VERS-TLS1.3:+ECDHE-PSK:+PSK:+DHE-PSK:+CHACHA20-POLY1305" + COMMON;
      default:
        return null;
    }
  }

  static OpenSsl client(ServerSocket listener, String priority) throws IOException {
    return OpenSsl.command(
        "gnutls-cli",
        List.of(
            "--pskusername=kitchen",
            "--pskkey=" + OpenSslPeers.KEY,
            "--priority=" + priority,
            "--port=" + listener.getLocalPort(),
            "127.0.0.1"));
  }

  /** A server that sends back what it receives. */
  static OpenSsl server(int port, String priority, Path keys) throws IOException {
    Files.writeString(keys, "kitchen:" + OpenSslPeers.KEY + "\n");
    return OpenSsl.command(
        "gnutls-serv",
        List.of("--echo", "--pskpasswd=" + keys, "--priority=" + priority, "--port=" + port));
  }

  static String allSuites() throws IOException {
    try (OpenSsl list = OpenSsl.command("gnutls-cli", List.of("--list"))) {
      return new String(list.output(), StandardCharsets.UTF_8);
    }
  }
}
