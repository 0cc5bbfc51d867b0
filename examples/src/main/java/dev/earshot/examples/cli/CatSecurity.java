package dev.earshot.examples.cli;

import dev.earshot.Fingerprint;
import dev.earshot.Identity;
import dev.earshot.Payload;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.TrustEvaluator;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How {@code cat} is protected; unlike {@link KeyOption} it can talk with other programs. */
final class CatSecurity {
  private static final String HEX = "hex:";

  /** The kinds of protection that can be named. */
  enum Kind {
    /** Bytes as they are. */
    NONE,
    /** A pre-shared key. */
    PSK,
    /** Certificates. */
    PKI
  }

  @Option(
      names = {"-s", "--security"},
      paramLabel = "none|psk|pki",
      description =
          "No protection, a pre-shared key, or certificates. By default certificates if --identity"
              + " or --pin is given, or else a key.")
  private @Nullable Kind kind;

  @Option(
      names = "--key",
      paramLabel = "HEX",
      description =
          "psk: the key, 32 to 512 hexadecimal digits; also read from the environment variable"
              + " EARSHOT_KEY.")
  private @Nullable String hex;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "psk: a file with the key. By default the one that 'earshot key' names, which is made on"
              + " first use.")
  private @Nullable Path keyFile;

  @Option(
      names = "--psk-identity",
      paramLabel = "TEXT",
      description =
          "psk: the public name of the key, or its bytes as hex:0a0b; 'earshot' by default.")
  private @Nullable String pskIdentity;

  @Option(
      names = "--identity",
      paramLabel = "FILE",
      description =
          "pki: the .p12 file with this side's certificate, which a listener needs. 'earshot"
              + " identity' makes one. Its password is read from the environment variable"
              + " EARSHOT_PASSWORD, or asked for.")
  private @Nullable Path identity;

  @Option(
      names = "--pin",
      paramLabel = "FINGERPRINT",
      description =
          "pki: a peer that is trusted, by the SHA-256 of its certificate, or key: and that of its"
              + " key. Can be given several times. Without it the authorities of Java decide.")
  private List<String> pins = List.of();

  @Option(
      names = "--no-client-certificate",
      description = "pki: do not ask those who connect for a certificate.")
  private boolean noClientCertificate;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  private final IdentityFiles identities;

  /** Loads what {@code --identity} names. */
  interface IdentityFiles {
    /** The identity in {@code file}. */
    Identity load(Path file) throws IOException;
  }

  CatSecurity(IdentityFiles identities) {
    this.identities = identities;
  }

  /**
   * The protection that was asked for.
   *
   * @throws ParameterException if the options contradict each other, or one is missing
   * @throws IOException if a file cannot be read
   */
  Security security(boolean listening) throws IOException {
    boolean keys = hex != null || keyFile != null || pskIdentity != null;
    boolean certificates = identity != null || !pins.isEmpty() || noClientCertificate;
    Kind wanted = kind != null ? kind : certificates ? Kind.PKI : Kind.PSK;
    if (wanted != Kind.PSK && keys) {
      throw wrong("--key, --key-file and --psk-identity are for --security psk");
    }
    if (wanted != Kind.PKI && certificates) {
      throw wrong("--identity, --pin and --no-client-certificate are for --security pki");
    }
    switch (wanted) {
      case NONE:
        return Security.none();
      case PSK:
        return Security.psk(key());
      case PKI:
        return certificates(listening);
      default:
        throw new AssertionError(wanted);
    }
  }

  private PreSharedKey key() throws IOException {
    if (hex != null && keyFile != null) {
      throw wrong("--key and --key-file: one is enough");
    }
    return PreSharedKey.of(name(), KeyFile.chosen(hex, keyFile));
  }

  private Payload name() {
    String text = pskIdentity != null ? pskIdentity : KeyOption.IDENTITY;
    try {
      return text.startsWith(HEX)
          ? Payload.wrap(HexFormat.of().parseHex(text.substring(HEX.length())))
          : Payload.utf8(text);
    } catch (IllegalArgumentException e) {
      throw wrong("--psk-identity '" + text + "': expected hexadecimal digits after " + HEX);
    }
  }

  private Security.Pki certificates(boolean listening) throws IOException {
    if (listening && identity == null) {
      throw wrong("a listener needs --identity; 'earshot identity' makes one");
    }
    if (!listening && noClientCertificate) {
      throw wrong("--no-client-certificate is for --listen; leave out --identity instead");
    }
    TrustEvaluator trust = pins.isEmpty() ? TrustEvaluator.system() : pinned();
    if (identity == null) {
      return Security.pki(trust);
    }
    Security.Pki both = Security.pki(identities.load(identity), trust);
    return noClientCertificate ? both.withoutClientCertificate() : both;
  }

  private TrustEvaluator pinned() {
    try {
      return TrustEvaluator.pinned(
          pins.stream().map(Fingerprint::parse).collect(Collectors.toUnmodifiableSet()));
    } catch (IllegalArgumentException e) {
      throw wrong("--pin: " + e.getMessage());
    }
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
