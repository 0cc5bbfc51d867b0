package dev.earshot.security.tls.pki;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Endpoint;
import dev.earshot.security.tls.interop.Row;
import dev.earshot.security.tls.interop.Row.Pairing;
import dev.earshot.security.tls.psk.BlockingTls;
import dev.earshot.security.tls.psk.OpenSsl;
import dev.earshot.spi.StreamSecurity.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLServerSocket;

/** Rows of the table of interoperability: streams with certificates on both sides. */
public final class PkiRows {
  private static final byte[] LINE =
      "a line that both sides send\n".getBytes(StandardCharsets.UTF_8);
  private static final Endpoint DEN = Endpoint.hostPort("den.local", 4242);
  private static final int PATIENCE_MILLIS = 20_000;

  private PkiRows() {}

  /** A suite that is run with a kind of key. */
  private record Case(PkiSuite suite, KeyKind kind) {
    boolean tls13() {
      return !suite.name().contains("ECDHE");
    }
  }

  /** All of them. */
  public static List<Row> all() {
    List<Row> rows = new ArrayList<>();
    for (Case each : cases()) {
      for (Role role : Role.values()) {
        rows.add(openSsl(each, role));
        rows.add(gnuTls(each, role));
        rows.add(jdk(each, role));
      }
    }
    return rows;
  }

  private static List<Case> cases() {
    return List.of(
        new Case(PkiSuite.TLS_AES_128_GCM_SHA256, KeyKind.P256),
        new Case(PkiSuite.TLS_AES_128_GCM_SHA256, KeyKind.ED25519),
        new Case(PkiSuite.TLS_AES_128_GCM_SHA256, KeyKind.RSA),
        new Case(PkiSuite.TLS_AES_256_GCM_SHA384, KeyKind.P256),
        new Case(PkiSuite.TLS_CHACHA20_POLY1305_SHA256, KeyKind.P256),
        new Case(PkiSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, KeyKind.P256),
        new Case(PkiSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, KeyKind.ED25519),
        new Case(PkiSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, KeyKind.P256),
        new Case(PkiSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, KeyKind.P256),
        new Case(PkiSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, KeyKind.RSA),
        new Case(PkiSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, KeyKind.RSA),
        new Case(PkiSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, KeyKind.RSA));
  }

  private static Pairing pairing(Case each, String peer, String tool, Role role) {
    return new Pairing(
        each.tls13() ? "TLS 1.3" : "TLS 1.2",
        each.kind().label(),
        each.suite().name(),
        peer,
        tool,
        role == Role.SERVER ? "accepts" : "connects");
  }

  private static Row openSsl(Case each, Role role) {
    return Row.works(
        pairing(each, "OpenSSL 3.0", "openssl", role),
        () -> {
          try (CertificateFolder files = new CertificateFolder(each.kind())) {
            String[] options = openSslOptions(each, role, files);
            if (role == Role.SERVER) {
              accepting(each, files, listener -> OpenSsl.client(listener, options));
            } else {
              int port = OpenSsl.freePort();
              try (OpenSsl server = OpenSsl.server(port, options);
                  BlockingTls tls = dial(server.connect(port), files)) {
                talk(tls, server, each, files);
              }
            }
          }
        });
  }

  private static String[] openSslOptions(Case each, Role role, CertificateFolder files) {
    List<String> options = new ArrayList<>(files.forOpenSsl());
    options.addAll(List.of("-quiet", each.tls13() ? "-tls1_3" : "-tls1_2"));
    options.addAll(
        each.tls13()
            ? List.of("-ciphersuites", each.suite().name())
            : List.of("-cipher", openSslName(each.suite())));
    if (role == Role.CLIENT) {
      options.addAll(List.of("-Verify", "1"));
    }
    return options.toArray(new String[0]);
  }

  private static String openSslName(PkiSuite suite) {
    return suite
        .name()
        .replace("TLS_", "")
        .replace("_WITH", "")
        .replace("AES_128", "AES128")
        .replace("AES_256", "AES256")
        .replace("CHACHA20_POLY1305_SHA256", "CHACHA20_POLY1305")
        .replace('_', '-');
  }

  private static Row gnuTls(Case each, Role role) {
    String tool = role == Role.SERVER ? "gnutls-cli" : "gnutls-serv";
    return Row.works(
        pairing(each, "GnuTLS 3.7", tool, role),
        () -> {
          try (CertificateFolder files = new CertificateFolder(each.kind())) {
            List<String> options = new ArrayList<>(files.forGnuTls());
            options.add("--priority=" + priority(each));
            if (role == Role.SERVER) {
              options.add("--no-ca-verification"); // it wants an authority, and ours is none
              accepting(each, files, listener -> gnuTlsClient(options, listener));
            } else {
              gnuTlsServer(each, files, options);
            }
          }
        });
  }

  private static OpenSsl gnuTlsClient(List<String> options, ServerSocket listener)
      throws IOException {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--port=" + listener.getLocalPort(), "127.0.0.1"));
    return OpenSsl.command("gnutls-cli", all);
  }

  private static void gnuTlsServer(Case each, CertificateFolder files, List<String> options)
      throws Exception {
    int port = OpenSsl.freePort();
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of("--echo", "--require-client-cert", "--port=" + port));
    try (OpenSsl server = OpenSsl.command("gnutls-serv", all);
        BlockingTls tls = dial(server.connect(port), files)) {
      talkWithEcho(tls, each, files);
    }
  }

  private static String gnuTlsCipher(String suite) {
    if (suite.contains("CHACHA")) {
      return "CHACHA20-POLY1305";
    }
    return suite.contains("AES_256") ? "AES-256-GCM" : "AES-128-GCM";
  }

  private static String priority(Case each) {
    String cipher = gnuTlsCipher(each.suite().name());
    return "NONE:+VERS-TLS1."
        + (each.tls13() ? 3 : 2)
        + ":+"
        + cipher
        + ":+ECDHE-ECDSA:+ECDHE-RSA:+AEAD:+COMP-NULL:+GROUP-X25519:+GROUP-SECP256R1:+SIGN-ALL"
        + ":+CTYPE-X509";
  }

  private static Row jdk(Case each, Role role) {
    return Row.works(pairing(each, "JDK 17 and 25", "java", role), () -> talkWithJdk(each, role));
  }

  private static void talkWithJdk(Case each, Role role) throws Exception {
    try (CertificateFolder files = new CertificateFolder(each.kind())) {
      JdkPeer peer = new JdkPeer(files, each.tls13() ? "TLSv1.3" : "TLSv1.2", each.suite().name());
      if (role == Role.SERVER) {
        try (ServerSocket listener = listen()) {
          CompletableFuture<byte[]> echoed = peer.connect(listener, LINE.length);
          try (BlockingTls tls = accept(listener, files)) {
            talkWithEcho(tls, each, files);
          }
          assertThat(echoed.join()).isEqualTo(LINE);
        }
      } else {
        try (SSLServerSocket listener = peer.listen()) {
          CompletableFuture<byte[]> echoed = peer.accept(listener, LINE.length);
          Socket socket = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
          try (BlockingTls tls = dial(socket, files)) {
            talkWithEcho(tls, each, files);
          }
          assertThat(echoed.join()).isEqualTo(LINE);
        }
      }
    }
  }

  /** How a program is started that connects. */
  private interface Start {
    OpenSsl to(ServerSocket listener) throws IOException;
  }

  private static void accepting(Case each, CertificateFolder files, Start start) throws Exception {
    try (ServerSocket listener = listen();
        OpenSsl program = start.to(listener);
        BlockingTls tls = accept(listener, files)) {
      talk(tls, program, each, files);
    }
  }

  /** Talks with a program that carries its standard input and output. */
  private static void talk(BlockingTls tls, OpenSsl peer, Case each, CertificateFolder files)
      throws Exception {
    tls.handshake();
    assertSettled(tls, each, files);
    tls.write(LINE);
    peer.feed(LINE).join();
    assertThat(tls.read(LINE.length)).isEqualTo(LINE);
    tls.finish();
    peer.endInput();
    assertThat(new String(peer.output(), StandardCharsets.UTF_8))
        .contains(new String(LINE, StandardCharsets.UTF_8));
  }

  private static void talkWithEcho(BlockingTls tls, Case each, CertificateFolder files)
      throws Exception {
    tls.handshake();
    assertSettled(tls, each, files);
    tls.write(LINE);
    assertThat(tls.read(LINE.length)).isEqualTo(LINE);
    tls.finish();
  }

  private static void assertSettled(BlockingTls tls, Case each, CertificateFolder files) {
    assertThat(tls.stream.metadata().cipherSuite()).isEqualTo(each.suite().name());
    assertThat(tls.stream.metadata().peerCertificates()).containsExactly(files.expected());
  }

  private static ServerSocket listen() throws IOException {
    ServerSocket listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    listener.setSoTimeout(PATIENCE_MILLIS);
    return listener;
  }

  private static BlockingTls accept(ServerSocket listener, CertificateFolder files)
      throws IOException {
    return new BlockingTls(
        listener.accept(), files.security().open(Role.SERVER, "the client", DEN));
  }

  private static BlockingTls dial(Socket socket, CertificateFolder files) throws IOException {
    return new BlockingTls(socket, files.security().open(Role.CLIENT, "the server", DEN));
  }
}
