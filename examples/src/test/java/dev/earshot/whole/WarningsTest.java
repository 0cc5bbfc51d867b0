package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.PreSharedKey;
import dev.earshot.security.tls.Identities;
import dev.earshot.security.tls.Identities.Encryption;
import dev.earshot.security.tls.PairedPeers;
import dev.earshot.security.tls.PairingLink;
import dev.earshot.security.tls.TicTacToe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.text.MessageFormat;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is allowed and should not be done is said in the log, and no secret with it. */
class WarningsTest {
  private static final char[] PASSWORD = "pass word".toCharArray();

  @TempDir private Path folder;

  private final Logger logger = Logger.getLogger("dev.earshot.security");
  private final List<String> said = new ArrayList<>();
  private final Handler listening =
      new Handler() {
        @Override
        public void publish(LogRecord record) {
          said.add(
              record.getLevel()
                  + ": "
                  + MessageFormat.format(record.getMessage(), record.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  @BeforeEach
  void listen() {
    logger.addHandler(listening);
    logger.setUseParentHandlers(false);
  }

  @AfterEach
  void stop() {
    logger.removeHandler(listening);
    logger.setUseParentHandlers(true);
  }

  @Test
  void aPasscodeThatIsUsedAsAKey() {
    TicTacToe.security("73919");

    assertThat(said).hasSize(1);
    assertThat(said.get(0)).startsWith("WARNING: a passcode is used as a key");
    assertThat(said.get(0)).doesNotContain("73919");
  }

  @Test
  void anIdentityThatOthersMayReadAlsoBehindALink() throws Exception {
    Path file = folder.resolve("den.p12");
    Identities.store(Identities.mint("Den"), file, PASSWORD, Encryption.STRONG);
    Path link = Files.createSymbolicLink(folder.resolve("link.p12"), file);
    Identities.load(file, PASSWORD);
    Identities.load(link, PASSWORD);
    assertThat(said).isEmpty();

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Identities.load(file, PASSWORD);
    Identities.load(link, PASSWORD);

    assertThat(said).hasSize(2);
    assertThat(said.get(0)).startsWith("WARNING: others than its owner may read " + file);
    assertThat(said.get(1)).contains(link.toString()).contains("chmod 600");
  }

  @Test
  void aListOfPairedPeersThatOthersMayReadUntilItIsWrittenAgain() throws Exception {
    Path file = folder.resolve("paired");
    PreSharedKey key =
        PairedPeers.open(file).add(PairingLink.create("Den", List.of()).peer("Den")).key();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    PairedPeers peers = PairedPeers.open(file);

    assertThat(said).hasSize(1);
    assertThat(said.get(0)).contains(file.toString());
    assertThat(said.get(0)).doesNotContain(key.<String>use(HexFormat.of()::formatHex));
    peers.rename(key.identity(), "Study");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }
}
