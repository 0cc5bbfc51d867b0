package dev.earshot.whole;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.security.tls.PairedPeer;
import dev.earshot.security.tls.PairedPeers;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several processes and one list of paired peers; some of them are killed. */
class PeersProcessTest {
  private static final List<String> SMALL = List.of("-Xmx32m", "-XX:+UseSerialGC");

  @TempDir private Path folder;

  private JavaProcess write(Path list, String name, int count) throws Exception {
    return JavaProcess.start(SMALL, PeersWriter.class, list.toString(), name, "" + count);
  }

  private static List<String> names(Path list) throws Exception {
    return PairedPeers.open(list).list().stream().map(PairedPeer::name).toList();
  }

  @Test
  void twoProcessesAtOnceLoseNothing() throws Exception {
    Path list = folder.resolve("paired");
    try (JavaProcess one = write(list, "one", 60);
        JavaProcess two = write(list, "two", 60)) {
      one.awaitLine("all added");
      two.awaitLine("all added");
    }
    assertThat(names(list)).hasSize(120).contains("one (60)", "two (60)");
  }

  @Test
  void aProcessThatIsKilledLeavesAWholeListWithAllThatItAdded() throws Exception {
    Path list = folder.resolve("paired");
    for (int round = 1; round <= 4; round++) {
      String name = "round " + round;
      int last = 3 * round;
      JavaProcess writer = write(list, name, 900);
      writer.awaitLine("added " + name + " (" + last + ")");
      writer.close(); // kills it, most likely in the middle of something
      assertThat(writer.exitCode()).isNotZero();
      assertThat(names(list)).contains(name, name + " (" + last + ")");
    }
    PairedPeers peers = PairedPeers.open(list); // and the lock is free
    assertThat(peers.forget(peers.list().get(0).identity())).isTrue();
  }
}
