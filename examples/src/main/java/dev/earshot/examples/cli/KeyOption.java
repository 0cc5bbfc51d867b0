package dev.earshot.examples.cli;

import dev.earshot.PreSharedKey;
import dev.earshot.Security;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** How connections are protected: by default with the key in this user's key file. */
final class KeyOption {
  static final String ENVIRONMENT = "EARSHOT_KEY";
  private static final String IDENTITY = "earshot";

  @ArgGroup private @Nullable Choice choice;

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
        names = "--insecure",
        description = "No protection: everybody on the network can read and change what is sent.")
    private boolean insecure;
  }

  Security security() throws IOException {
    if (choice != null && choice.insecure) {
      return Security.none();
    }
    return Security.psk(PreSharedKey.of(IDENTITY, keyBytes()));
  }

  private byte[] keyBytes() throws IOException {
    if (choice != null && choice.hex != null) {
      return KeyFile.parse(choice.hex, "--key");
    }
    if (choice != null && choice.file != null) {
      return KeyFile.read(choice.file);
    }
    String fromEnvironment = System.getenv(ENVIRONMENT);
    return fromEnvironment != null
        ? KeyFile.parse(fromEnvironment, ENVIRONMENT)
        : KeyFile.readOrMake(KeyFile.standard());
  }
}
