package dev.earshot.examples.cli;

import dev.earshot.Fingerprint;
import dev.earshot.Identity;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Protection by certificates: this side's identity, and the fingerprints of others. */
final class CertificateOption {
  @Option(
      names = "--identity",
      paramLabel = "FILE",
      required = true,
      description =
          "Prove who this is with the certificate in this .p12 file, instead of with a key."
              + " 'earshot identity' makes one. Its password is read from the environment variable"
              + " EARSHOT_PASSWORD, or asked for.")
  private Path file = Path.of("");

  @Option(
      names = "--pin",
      paramLabel = "FINGERPRINT",
      required = true,
      description =
          "With --identity: a peer that is trusted, by the SHA-256 of its certificate, or key: and"
              + " that of its key. Can be given several times.")
  private List<String> pins = List.of();

  private @Nullable Identity loaded;

  /** This side's identity; the password is asked for once. */
  Identity identity() throws IOException {
    Identity known = loaded;
    if (known == null) {
      known = PasswordPrompt.load(file);
      loaded = known;
    }
    return known;
  }

  Security.Pki security() throws IOException {
    TrustEvaluator pinned =
        TrustEvaluator.pinned(
            pins.stream().map(Fingerprint::parse).collect(Collectors.toUnmodifiableSet()));
    return Security.pki(identity(), pinned);
  }
}
