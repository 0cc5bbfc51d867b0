package dev.earshot.security.tls.psk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.PreSharedKey;
import dev.earshot.PskSource;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A key that has been destroyed is nowhere in memory, whatever it was used for. */
class DestroyedKeyTest {
  private static final byte MASK = 0x5A;

  @TempDir private Path folder;

  /** Kept until the end, as a program keeps its connections. */
  private final List<EnginePair> connections = new ArrayList<>();

  @Test
  void nothingThatIsKeptHoldsAKeyThatHasBeenDestroyed() throws Exception {
    PreSharedKey key = PreSharedKey.random("kitchen");
    byte[] masked = key.use(DestroyedKeyTest::masked);
    PskSource source = PskSource.of(key);
    PskSource other = PskSource.of(PreSharedKey.random("kitchen"));
    for (PskSuite suite : PskSuite.all()) {
      connections.add(EnginePair.ofSuite(suite, source, source).exchange());
      connections.add(EnginePair.ofSuite(suite, source, other).exchange());
      connections.add(EnginePair.ofSuite(suite, other, source).exchange());
    }
    assertThat(holds("before", masked)).as("this finds a key that is there").isTrue();

    key.destroy();

    assertThat(holds("after", masked)).isFalse();
    assertThat(connections).hasSize(3 * PskSuite.all().size());
  }

  /** As it is not looked for: or memory would hold what is looked for. */
  private static byte[] masked(byte[] secret) {
    byte[] masked = secret.clone();
    for (int i = 0; i < masked.length; i++) {
      masked[i] ^= MASK;
    }
    return masked;
  }

  /** Whether what can be reached holds what {@code masked} hides. */
  private boolean holds(String name, byte[] masked) throws Exception {
    Path dump = folder.resolve(name + ".hprof");
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(ProcessHandle.current().pid()),
                "GC.heap_dump", // of what can be reached, after a collection
                dump.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(jcmd.waitFor()).isZero();
    try (FileChannel channel = FileChannel.open(dump, StandardOpenOption.READ)) {
      MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      for (int at = 0; at <= bytes.limit() - masked.length; at++) {
        int i = 0;
        while (i < masked.length && (bytes.get(at + i) ^ MASK) == masked[i]) {
          i++;
        }
        if (i == masked.length) {
          return true;
        }
      }
      return false;
    }
  }
}
