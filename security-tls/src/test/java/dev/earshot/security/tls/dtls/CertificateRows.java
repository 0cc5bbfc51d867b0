package dev.earshot.security.tls.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import dev.earshot.security.tls.Identities;
import dev.earshot.security.tls.interop.Row;
import dev.earshot.security.tls.interop.Row.Pairing;
import dev.earshot.spi.DatagramSecurity;
import dev.earshot.spi.StreamSecurity.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Rows of the table of interoperability: datagrams with certificates, on both sides. */
public final class CertificateRows {
  private static final Identity OURS = Identities.mint("Earshot");

  private CertificateRows() {}

  /** All of them. */
  public static List<Row> all() {
    List<Row> rows = new ArrayList<>();
    for (CertificateSuite suite : CertificateSuite.values()) {
      for (Role role : Role.values()) {
        rows.add(openSsl(suite, role));
        rows.add(gnuTls(suite, role));
        rows.add(jdk(suite, role));
      }
    }
    return rows;
  }

  /** What a tool calls the suite's cipher. */
  private static String cipher(CertificateSuite suite, String shorter, String longer) {
    if (suite.name().contains("CHACHA20")) {
      return "CHACHA20-POLY1305";
    }
    return suite.name().contains("AES_256") ? longer : shorter;
  }

  private static Row openSsl(CertificateSuite suite, Role role) {
    String cipher =
        (suite.isRsa() ? "ECDHE-RSA-" : "ECDHE-ECDSA-")
            + cipher(suite, "AES128-GCM-SHA256", "AES256-GCM-SHA384");
    return Row.works(
        pairing(suite, "OpenSSL 3.0", "openssl", role),
        () ->
            withIdentity(
                suite,
                role,
                (files, security) -> {
                  List<String> common =
                      List.of(
                          "-quiet",
                          "-dtls1_2",
                          "-cipher",
                          cipher,
                          "-cert",
                          files.certificate(),
                          "-key",
                          files.key());
                  if (role == Role.SERVER) {
                    DtlsRows.accept(
                        suite.name(),
                        security,
                        port ->
                            joined(
                                List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port),
                                common));
                  } else {
                    DtlsRows.connect(
                        suite.name(),
                        security,
                        port ->
                            joined(
                                List.of(
                                    "openssl",
                                    "s_server",
                                    "-listen",
                                    "-Verify",
                                    "1",
                                    "-accept",
                                    "127.0.0.1:" + port),
                                common));
                  }
                }));
  }

  private static Row gnuTls(CertificateSuite suite, Role role) {
    String tool = role == Role.SERVER ? "gnutls-cli" : "gnutls-serv";
    String priority =
        "NORMAL:-VERS-ALL:+VERS-DTLS1.2:-KX-ALL:+"
            + (suite.isRsa() ? "ECDHE-RSA" : "ECDHE-ECDSA")
            + ":-CIPHER-ALL:+"
            + cipher(suite, "AES-128-GCM", "AES-256-GCM");
    return Row.works(
        pairing(suite, "GnuTLS 3.7", tool, role),
        () ->
            withIdentity(
                suite,
                role,
                (files, security) -> {
                  List<String> common =
                      List.of(
                          tool,
                          "--udp",
                          "--priority",
                          priority,
                          "--x509certfile",
                          files.certificate(),
                          "--x509keyfile",
                          files.key());
                  if (role == Role.SERVER) {
                    DtlsRows.accept(
                        suite.name(),
                        security,
                        port ->
                            joined(
                                common,
                                List.of("--insecure", "-p", Integer.toString(port), "127.0.0.1")));
                  } else {
                    echo(suite, security, common);
                  }
                }));
  }

  private static Row jdk(CertificateSuite suite, Role role) {
    return Row.works(
        pairing(suite, "JDK 17 and 25", "java", role),
        () ->
            withIdentity(
                suite,
                role,
                (files, security) -> {
                  Path certificate = Path.of(files.certificate());
                  Identity theirs = Identities.loadPem(certificate, Path.of(files.key()));
                  try (JdkDatagrams jdk = new JdkDatagrams(theirs, files.ours(), suite.name());
                      SocketDtls here = new SocketDtls(security)) {
                    if (role == Role.SERVER) {
                      jdk.connect(here.port());
                      here.accept();
                    } else {
                      here.connect(jdk.accept());
                    }
                    assertThat(here.flow().metadata().cipherSuite()).isEqualTo(suite.name());
                    here.say("echo");
                    here.runUntil(() -> here.contents.contains("echo"));
                    assertThat(jdk.echoed()).isEqualTo("echo");
                  }
                }));
  }

  private static void echo(CertificateSuite suite, DatagramSecurity security, List<String> common)
      throws Exception {
    int port = DtlsRows.freePort();
    Process tool =
        DtlsRows.start(
            joined(
                common, List.of("--echo", "--require-client-cert", "-p", Integer.toString(port))));
    try (SocketDtls here = new SocketDtls(security)) {
      DtlsRows.awaitBound(port, tool);
      here.connect(port);
      assertThat(here.flow().metadata().cipherSuite()).isEqualTo(suite.name());
      here.say("echo");
      here.runUntil(() -> here.contents.contains("echo"));
    } finally {
      DtlsRows.end(tool);
    }
  }

  /** The tool's identity in files, and ours. */
  private record Both(String certificate, String key, Identity ours) {}

  private interface Talk {
    void talk(Both files, DatagramSecurity security) throws Exception;
  }

  /** Lets {@code talk} use a new identity for the tool, which our side trusts. */
  private static void withIdentity(CertificateSuite suite, Role role, Talk talk) throws Exception {
    Path directory = Files.createTempDirectory("identity");
    try {
      boolean ofRsa = suite.isRsa() && role == Role.SERVER; // the suite is that of who accepts
      Identity ours = ofRsa ? Pem.make(directory, "ours", "rsa:2048") : OURS;
      Identity theirs =
          Pem.make(
              directory,
              "tool",
              suite.isRsa() ? "rsa:2048" : "ec -pkeyopt ec_paramgen_curve:P-256");
      talk.talk(
          new Both(
              Pem.certificate(directory, "tool").toString(),
              Pem.key(directory, "tool").toString(),
              ours),
          new CertificateDatagrams(
              Security.pki(ours, TrustEvaluator.pinned(theirs.fingerprint()))));
    } finally {
      for (String name : List.of("tool", "ours")) {
        Files.deleteIfExists(Pem.certificate(directory, name));
        Files.deleteIfExists(Pem.key(directory, name));
      }
      Files.delete(directory);
    }
  }

  private static List<String> joined(List<String> one, List<String> two) {
    return Stream.concat(one.stream(), two.stream()).toList();
  }

  private static Pairing pairing(CertificateSuite suite, String peer, String tool, Role role) {
    return new Pairing(
        "DTLS 1.2", "PKI", suite.name(), peer, tool, role == Role.SERVER ? "accepts" : "connects");
  }
}
