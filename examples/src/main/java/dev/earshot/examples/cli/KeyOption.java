package dev.earshot.examples.cli;

import dev.earshot.Identity;
import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import dev.earshot.SecurityMetadata;
import dev.earshot.security.tls.PairedPeers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How connections are protected: by default with the key in this user's key file. */
final class KeyOption {
  static final String ENVIRONMENT = "EARSHOT_KEY";
  static final String IDENTITY = "earshot";

  @ArgGroup private @Nullable Choice choice;
  private @Nullable PairedPeers peers; // once they were asked for

  /** One of these. */
  static final class Choice {
    @Option(
        names = "--key",
        paramLabel = "HEX",
        description =
            "The key that all peers share, 32 to 512 hexadecimal digits; also read from the"
                + " environment variable EARSHOT_KEY. 'earshot key --new' makes one.")
    private @Nullable String hex;

    @Option(
        names = "--key-file",
        paramLabel = "FILE",
        description =
            "A file with the key. By default the one that 'earshot key' names, which is made on"
                + " first use.")
    private @Nullable Path file;

    @Option(
        names = "--paired",
        description = "The keys of 'earshot pair', if one other computer is paired with this one.")
    private boolean paired;

    @Option(
        names = "--paired-with",
        paramLabel = "NAME",
        description =
            "The same with several: all of them may connect, and connections are made with NAME.")
    private @Nullable String pairedWith;

    @ArgGroup(exclusive = false)
    private @Nullable CertificateOption certificate;

    @Option(
        names = "--insecure",
        description = "No protection: everybody on the network can read and change what is sent.")
    private boolean insecure;
  }

  Security security() throws IOException {
    if (choice != null && choice.insecure) {
      return Security.none();
    }
    if (choice != null && choice.certificate != null) {
      return choice.certificate.security();
    }
    if (choice != null && (choice.paired || choice.pairedWith != null)) {
      peers = PairedFile.open();
      return Security.psk(PairedFile.source(peers, choice.pairedWith));
    }
    return Security.psk(PreSharedKey.of(IDENTITY, keyBytes()));
  }

  /** What this side proves itself with, if not with a key. */
  Optional<Identity> identity() throws IOException {
    return choice == null || choice.certificate == null
        ? Optional.empty()
        : Optional.of(choice.certificate.identity());
  }

  /** Takes note that somebody is connected, on the list of paired peers if that is used. */
  void connected(SecurityMetadata metadata) {
    PairedPeers list = peers;
    if (list != null && metadata.pskIdentity().isPresent()) {
      try {
        list.seen(metadata.pskIdentity().get());
      } catch (IOException e) {
        System.err.println("earshot: " + Earshot.explain(e));
      }
    }
  }

  private byte[] keyBytes() throws IOException {
    return choice == null ? KeyFile.chosen(null, null) : KeyFile.chosen(choice.hex, choice.file);
  }
}
