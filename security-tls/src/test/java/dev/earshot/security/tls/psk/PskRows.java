package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.earshot.PskSource;
import dev.earshot.security.tls.interop.Row;
import dev.earshot.security.tls.interop.Row.Pairing;
import dev.earshot.spi.StreamSecurity.Role;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;

/** Rows of the table of interoperability: streams with pre-shared keys. */
public final class PskRows {
  private static final byte[] LINE =
      "a line that both sides send\n".getBytes(StandardCharsets.UTF_8);

  private PskRows() {}

  /** All of them. */
  public static List<Row> all() {
    List<Row> rows = new ArrayList<>();
    for (PskSuite suite : PskSuite.all()) {
      for (Role role : Role.values()) {
        rows.add(openSsl(suite, role));
        rows.add(gnuTls(suite, role));
        rows.add(jdk(suite, role));
      }
    }
    return rows;
  }

  private static Row openSsl(PskSuite suite, Role role) {
    Pairing what = pairing(suite, "OpenSSL 3.0", "openssl", role);
    String name = OpenSslPeers.nameOf(suite);
    if (name == null) {
      return Row.cannot(
          what,
          "it does not know the suite",
          () -> assertThat(allSuitesOfOpenSsl()).doesNotContain(suite.name()));
    }
    String[] options =
        suite.isTls13()
            ? new String[] {"-quiet", "-tls1_3", "-ciphersuites", name}
            : new String[] {"-quiet", "-tls1_2", "-cipher", name};
    return Row.works(what, () -> talkWithOpenSsl(suite, role, options));
  }

  private static void talkWithOpenSsl(PskSuite suite, Role role, String... options)
      throws Exception {
    if (role == Role.SERVER) {
      try (ServerSocket listener = OpenSslPeers.listen();
          OpenSsl client = OpenSslPeers.client(listener, OpenSslPeers.KEY, "kitchen", options);
          BlockingTls tls = accept(listener)) {
        talk(tls, client, suite);
      }
    } else {
      int port = OpenSsl.freePort();
      try (OpenSsl server = OpenSslPeers.server(port, OpenSslPeers.KEY, options);
          BlockingTls tls = dial(server, port)) {
        talk(tls, server, suite);
      }
    }
  }

  private static Row gnuTls(PskSuite suite, Role role) {
    String tool = role == Role.SERVER ? "gnutls-cli" : "gnutls-serv";
    Pairing what = pairing(suite, "GnuTLS 3.7", tool, role);
    String priority = GnuTlsPeers.priority(suite);
    if (priority == null) {
      return Row.cannot(
          what,
          "it does not know the suite",
          () -> assertThat(GnuTlsPeers.allSuites()).doesNotContain("ECDHE_PSK_AES_128_GCM"));
    }
    if (role == Role.CLIENT) {
      return Row.works(what, () -> talkWithGnuTlsServer(suite, priority));
    }
    boolean crashes = suite == PskSuite.TLS_ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256;
    return crashes
        ? Row.cannot(
            what,
            "`gnutls-cli` crashes once the handshake is over",
            () -> {
              try (ServerSocket listener = OpenSslPeers.listen();
                  OpenSsl client = GnuTlsPeers.client(listener, priority);
                  BlockingTls tls = accept(listener)) {
                tls.handshake();
                assertThat(client.exitCode()).isGreaterThan(128); // by a signal
              }
            })
        : Row.works(
            what,
            () -> {
              try (ServerSocket listener = OpenSslPeers.listen();
                  OpenSsl client = GnuTlsPeers.client(listener, priority);
                  BlockingTls tls = accept(listener)) {
                talk(tls, client, suite);
              }
            });
  }

  private static void talkWithGnuTlsServer(PskSuite suite, String priority) throws Exception {
    int port = OpenSsl.freePort();
    Path keys = Files.createTempFile("keys", ".psk");
    try (OpenSsl server = GnuTlsPeers.server(port, priority, keys);
        BlockingTls tls = dial(server, port)) {
      tls.handshake();
      assertSettled(tls, suite);
      tls.write(LINE);
      assertThat(tls.read(LINE.length)).isEqualTo(LINE);
      tls.finish();
    } finally {
      Files.delete(keys);
    }
  }

  private static Row jdk(PskSuite suite, Role role) {
    return Row.cannot(
        pairing(suite, "JDK 17 and 25", "java", role),
        "it has no pre-shared keys",
        () -> {
          String[] known = SSLContext.getDefault().createSSLEngine().getSupportedCipherSuites();
          assertThat(known).noneMatch(name -> name.contains("_PSK_"));
          if (!suite.isTls13()) {
            assertThatThrownBy(
                    () ->
                        SSLContext.getDefault()
                            .createSSLEngine()
                            .setEnabledCipherSuites(new String[] {suite.name()}))
                .isInstanceOf(IllegalArgumentException.class);
          }
        });
  }

  /** Talks with a program that carries its standard input and output. */
  private static void talk(BlockingTls tls, OpenSsl peer, PskSuite suite) throws Exception {
    tls.handshake();
    assertSettled(tls, suite);
    tls.write(LINE);
    peer.feed(LINE).join();
    assertThat(tls.read(LINE.length)).isEqualTo(LINE);
    tls.finish();
    assertThat(new String(peer.output(), StandardCharsets.UTF_8))
        .contains(new String(LINE, StandardCharsets.UTF_8));
  }

  private static void assertSettled(BlockingTls tls, PskSuite suite) {
    assertThat(tls.stream.metadata().cipherSuite()).isEqualTo(suite.name());
    assertThat(tls.stream.metadata().protocol()).isEqualTo(suite.isTls13() ? "TLSv1.3" : "TLSv1.2");
  }

  private static PskSecurity security() {
    return new PskSecurity(EnginePair.anyVersion(PskSource.of(EnginePair.key("kitchen"))));
  }

  private static BlockingTls accept(ServerSocket listener) throws IOException {
    listener.setSoTimeout(20_000);
    return new BlockingTls(listener.accept(), security().open(Role.SERVER, "the client"));
  }

  private static BlockingTls dial(OpenSsl server, int port) throws Exception {
    return new BlockingTls(server.connect(port), security().open(Role.CLIENT, "the server"));
  }

  private static Pairing pairing(PskSuite suite, String peer, String tool, Role role) {
    return new Pairing(
        suite.isTls13() ? "TLS 1.3" : "TLS 1.2",
        "PSK",
        suite.name(),
        peer,
        tool,
        role == Role.SERVER ? "accepts" : "connects");
  }

  private static String allSuitesOfOpenSsl() throws IOException {
    try (OpenSsl list = OpenSsl.run(List.of("ciphers", "-stdname", "ALL:@SECLEVEL=0"))) {
      return new String(list.output(), StandardCharsets.UTF_8);
    }
  }
}
