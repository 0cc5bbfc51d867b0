package dev.earshot.security.tls.pki;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Identity;
import dev.earshot.security.tls.Identities;
import dev.earshot.security.tls.Identities.Encryption;
import dev.earshot.security.tls.psk.OpenSsl;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Identities in files, written for and read from openssl. */
@Tag("network")
class Pkcs12InteropTest {
  private static final char[] PASSWORD = "secret".toCharArray();

  @TempDir private Path folder;

  @BeforeAll
  static void needsOpenSsl() {
    OpenSsl.require();
  }

  @ParameterizedTest
  @EnumSource(Encryption.class)
  void openSslReadsWhatIsStored(Encryption encryption) throws Exception {
    for (Identities.KeyType type : Identities.KeyType.values()) {
      Identity identity = Identities.minting("Den").keyType(type).mint();
      Path file = folder.resolve(type + ".p12");
      Identities.store(identity, file, PASSWORD, encryption);

      String text =
          run("pkcs12", "-in", file.toString(), "-passin", "pass:secret", "-nodes", "-info");

      assertThat(text).contains("BEGIN CERTIFICATE", "BEGIN PRIVATE KEY", "CN = Den");
      Path pem = folder.resolve(type + ".pem");
      run("pkcs12", "-in", file.toString(), "-passin", "pass:secret", "-nokeys", "-out", "" + pem);
      assertThat(run("x509", "-in", pem.toString(), "-noout", "-fingerprint", "-sha256"))
          .contains(identity.fingerprint().toString());
      assertThat(run("x509", "-in", pem.toString(), "-noout", "-text"))
          .contains("Digital Signature", "TLS Web Server Authentication", "CA:FALSE");
    }
  }

  @Test
  void whatOpenSslStoresIsLoaded() throws Exception {
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("certificate.pem");
    Path file = folder.resolve("openssl.p12");
    run("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "" + key);
    run("req", "-x509", "-key", "" + key, "-subj", "/CN=Den", "-out", "" + certificate);
    String in = certificate.toString();
    run(
        "pkcs12",
        "-export",
        "-inkey",
        key.toString(),
        "-in",
        in,
        "-passout",
        "pass:secret",
        "-out",
        file.toString());

    Identity loaded = Identities.load(file, PASSWORD);

    assertThat(loaded.subject()).isEqualTo("CN=Den");
    assertThat(Identities.loadPem(certificate, key).fingerprint()).isEqualTo(loaded.fingerprint());
  }

  private static String run(String... arguments) throws Exception {
    try (OpenSsl program = OpenSsl.run(List.of(arguments))) {
      return new String(program.output(), StandardCharsets.UTF_8) + program.errors();
    }
  }
}
