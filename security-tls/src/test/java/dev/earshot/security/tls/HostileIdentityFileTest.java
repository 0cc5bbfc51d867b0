package dev.earshot.security.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.earshot.Identity;
import dev.earshot.security.tls.Identities.Encryption;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files of identities that were damaged, cut, or stand where somebody else has put something. */
class HostileIdentityFileTest {
  private static final char[] PASSWORD = "pass word".toCharArray();

  @TempDir private Path folder;

  private final Identity den = Identities.mint("Den");

  private Path stored(Encryption encryption) throws IOException {
    Path file = folder.resolve(encryption + ".p12");
    Identities.store(den, file, PASSWORD, encryption);
    return file;
  }

  @ParameterizedTest
  @EnumSource(Encryption.class)
  void aFileThatWasCutIsNamedAndNeverHalfAnIdentity(Encryption encryption) throws IOException {
    Path file = stored(encryption);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length += 1 + length / 32) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThatExceptionOfType(IOException.class)
          .as("%d bytes", length)
          .isThrownBy(() -> Identities.load(file, PASSWORD))
          .withMessageStartingWith(file.toString());
    }
  }

  @ParameterizedTest
  @EnumSource(Encryption.class)
  void aFileOfWhichAByteWasChangedIsRefusedInWords(Encryption encryption) throws IOException {
    Path file = stored(encryption);
    byte[] whole = Files.readAllBytes(file);
    for (int at = 0; at < whole.length; at += Integer.getInteger("step", 7)) {
      byte[] changed = whole.clone();
      changed[at] ^= 0x41;
      Files.write(file, changed);
      try {
        Identity loaded = Identities.load(file, PASSWORD);
        // Not every byte says something. Whoever comes of it is who was stored.
        assertThat(loaded.fingerprint()).as("byte %d", at).isEqualTo(den.fingerprint());
      } catch (IOException e) {
        assertThat(e).as("byte %d", at).hasMessageStartingWith(file.toString());
      }
    }
  }

  @Test
  void aLinkToNowhereIsNotWrittenThrough() throws IOException {
    Path elsewhere = folder.resolve("elsewhere");
    Path link = Files.createSymbolicLink(folder.resolve("den.p12"), elsewhere);
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> Identities.store(den, link, PASSWORD, Encryption.STRONG));
    assertThat(elsewhere).doesNotExist();
  }
}
