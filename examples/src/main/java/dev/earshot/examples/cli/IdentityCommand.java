package dev.earshot.examples.cli;

import dev.earshot.Identity;
import dev.earshot.security.tls.Identities;
import dev.earshot.security.tls.Identities.Encryption;
import dev.earshot.security.tls.Identities.KeyType;
import dev.earshot.session.PeerId;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes an identity, or shows one. */
@Command(
    name = "identity",
    description = {
      "Makes a private key and a certificate, writes both to a .p12 file that only you can read,"
          + " and prints the fingerprint by which others trust it, and the lines of Swift that"
          + " load and pin it.",
      "With --show it prints the same of a file that is there."
    })
final class IdentityCommand implements Callable<Integer> {
  @Option(
      names = {"-n", "--name"},
      paramLabel = "NAME",
      description = "Whose it is, as others can read; this user's name by default.")
  private String name = System.getProperty("user.name", "somebody");

  @Option(
      names = {"-o", "--out"},
      paramLabel = "FILE",
      description = "The file to write; earshot.p12 by default.")
  private Path out = Path.of("earshot.p12");

  @Option(names = "--show", paramLabel = "FILE", description = "Make nothing, show this file.")
  private @Nullable Path shown;

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "A host name or address to certify too. Can be given several times.")
  private List<String> hosts = List.of();

  @Option(names = "--days", paramLabel = "DAYS", description = "How long it is valid; 3653.")
  private long days = Identities.DEFAULT_VALIDITY.toDays();

  @Option(
      names = "--ed25519",
      description = "A key of Ed25519, which Apple's systems do not take, instead of P-256.")
  private boolean edwards;

  @Option(
      names = "--strong",
      description =
          "Encrypt the file with AES-256 instead of the triple DES that every Apple system reads.")
  private boolean strong;

  @Option(names = "--replace", description = "Overwrite the file if it is there.")
  private boolean replace;

  @Option(
      names = "--swift",
      description = "With --show or --ed25519, also print the lines of Swift that load and pin it.")
  private boolean swift;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter printer = spec.commandLine().getOut();
    Path file = shown != null ? shown : out;
    Identity identity = shown != null ? PasswordPrompt.load(shown) : make();
    printer.println(file);
    printer.println("  subject      " + identity.certificate().getSubjectX500Principal());
    printer.println("  valid until  " + identity.certificate().getNotAfter().toInstant());
    printer.println("  fingerprint  " + identity.fingerprint());
    printer.println("  of its key   " + identity.keyFingerprint());
    printer.println("  peer id      " + PeerId.ofKey(identity.certificate().getPublicKey()));
    if (swift || shown == null && !edwards) {
      printer.println();
      printer.println(SwiftLines.of(file, identity));
    }
    printer.flush();
    return 0;
  }

  private Identity make() throws IOException {
    Identities.Minting minting =
        Identities.minting(name)
            .keyType(edwards ? KeyType.ED25519 : KeyType.P256)
            .validity(Duration.ofDays(days));
    hosts.forEach(minting::host);
    Identity identity = minting.mint();
    char[] password = PasswordPrompt.choose(out);
    Encryption encryption = strong ? Encryption.STRONG : Encryption.COMPATIBLE;
    try {
      if (replace) {
        Identities.replace(identity, out, password, encryption);
      } else {
        Identities.store(identity, out, password, encryption);
      }
    } catch (FileAlreadyExistsException e) {
      throw new IllegalArgumentException(
          out + " is there already; --replace overwrites it, and who trusts it will not know you",
          e);
    } finally {
      Arrays.fill(password, ' ');
    }
    return identity;
  }
}
