package dev.earshot.security.tls.pki;

import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;

/**
 * Two identities, Earshot's and another program's, the latter as files, each trusting the other.
 */
final class CertificateFolder implements AutoCloseable {
  final Identity own;
  final Identity theirs;
  private final Path folder;

  CertificateFolder(KeyKind kind) throws Exception {
    own = kind.mint("Earshot");
    theirs = kind.mint("Other");
    folder = Files.createTempDirectory("certificates");
    pem("own.pem", "CERTIFICATE", own.certificate().getEncoded());
    pem("theirs.pem", "CERTIFICATE", theirs.certificate().getEncoded());
    pem("theirs-key.pem", "PRIVATE KEY", CompatiblePkcs12.keyInfo(theirs).getEncoded());
  }

  /** Protection of this side, which trusts the other program only. */
  PkiSecurity security() {
    return new PkiSecurity(
        Security.pki(own, TrustEvaluator.pinned(theirs.fingerprint(), own.fingerprint())));
  }

  X509Certificate expected() {
    return theirs.certificate();
  }

  String file(String name) {
    return folder.resolve(name).toString();
  }

  /** The options by which OpenSSL shows its certificate and trusts ours. */
  List<String> forOpenSsl() {
    return List.of(
        "-cert",
        file("theirs.pem"),
        "-key",
        file("theirs-key.pem"),
        "-CAfile",
        file("own.pem"),
        "-verify_return_error");
  }

  /** The same for GnuTLS. */
  List<String> forGnuTls() {
    return List.of(
        "--x509certfile=" + file("theirs.pem"),
        "--x509keyfile=" + file("theirs-key.pem"),
        "--x509cafile=" + file("own.pem"));
  }

  private void pem(String name, String label, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        folder.resolve(name),
        "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n");
  }

  @Override
  public void close() throws IOException {
    for (String name : List.of("own.pem", "theirs.pem", "theirs-key.pem")) {
      Files.delete(folder.resolve(name));
    }
    Files.delete(folder);
  }
}
