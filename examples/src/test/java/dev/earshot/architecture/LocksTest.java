package dev.earshot.architecture;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * State has one owner, the loop; what must be locked all the same is listed here, with its reason.
 * Looks at sources, because class files as ArchUnit reads them do not show {@code synchronized}
 * blocks.
 */
final class LocksTest {
  private static final Map<String, String> LOCKED =
      Map.ofEntries(
          entry("SerialQueue", "tasks come from every thread"),
          entry("HandleSet", "handles are made and closed on users' threads"),
          entry("PairingLife", "connections, the clock and users move a pairing"),
          entry("CodeDesk", "tries are counted across connections, each with its own queue"),
          entry("PairedPeers", "a process cannot wait for a lock on a file that it holds itself"),
          entry("PreSharedKey", "a key may be destroyed while a handshake copies it"),
          entry("NettyTransport", "loops make their threads when they are first used"),
          entry("MdnsDiscovery", "opened by the first use, from whatever thread"),
          entry("DiscoveryCore", "an advertisement is changed from whatever thread, in that order"),
          entry("GuardedJmdns", "jmDNS changes its socket under its own lock"),
          entry("SessionQueue", "tasks come from every thread"),
          entry("LiveSession", "started and left on users' threads"),
          entry("Delivery", "each connection tells the fate of its copy on its own loop"));

  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");
  private static final Pattern LOCK =
      Pattern.compile("\\bsynchronized\\b|\\bjava\\.util\\.concurrent\\.locks\\b");

  @Test
  void locksAreWhereTheyAreListed() {
    Set<String> locking =
        Repository.javaFiles("src/main/java").stream()
            .filter(file -> !Repository.relative(file).matches("(benchmarks|examples)/.*"))
            .filter(LocksTest::locks)
            .map(file -> file.getFileName().toString().replace(".java", ""))
            .collect(Collectors.toSet());
    assertThat(locking).containsExactlyInAnyOrderElementsOf(LOCKED.keySet());
  }

  @Test
  void wordsInCommentsAreNoLocks() {
    assertThat(locks("/** Not synchronized. */ int a; // no synchronized here")).isFalse();
    assertThat(locks("/** Guards. */ synchronized (lock) {}")).isTrue();
    assertThat(locks("import java.util.concurrent.locks.ReentrantLock;")).isTrue();
  }

  private static boolean locks(Path file) {
    try {
      return locks(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean locks(String source) {
    return LOCK.matcher(COMMENT.matcher(source).replaceAll("")).find();
  }
}
