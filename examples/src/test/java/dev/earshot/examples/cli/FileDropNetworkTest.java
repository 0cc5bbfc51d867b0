package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files sent from process to process on loopback, each with 64 MiB of heap. */
@Tag("network")
class FileDropNetworkTest {
  private static final int MEBIBYTE = 1 << 20;
  private static final String LOOPBACK = CommandLineNetworks.loopback();

  @TempDir Path folder;

  private Path file(String name, int mebibytes) throws IOException {
    Path file = folder.resolve(name);
    byte[] block = new byte[MEBIBYTE];
    Random random = new Random(mebibytes);
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int i = 0; i < mebibytes; i++) {
        random.nextBytes(block);
        out.write(block);
      }
    }
    return file;
  }

  private void sendAndCompare(Path file, int seconds) throws Exception {
    Path inbox = Files.createDirectory(folder.resolve("inbox"));
    String key = KeyFile.make();
    try (EarshotProcess receiver =
        EarshotProcess.start(
            "receive", inbox.toString(), "--once", "--key", key, "--interface", LOOPBACK)) {
      receiver.awaitLine("receiving into", 60);
      try (EarshotProcess sender =
          EarshotProcess.start("send", file.toString(), "--key", key, "--interface", LOOPBACK)) {
        assertThat(sender.exitCode(seconds)).as(sender.output()).isZero();
        assertThat(sender.output()).contains("sent and verified");
      }
      assertThat(receiver.exitCode(60)).as(receiver.output()).isZero();
      assertThat(receiver.output()).contains("received and verified");
    }
    try (var files = Files.list(inbox)) {
      assertThat(files).containsExactly(inbox.resolve(file.getFileName()));
    }
    assertThat(Files.mismatch(file, inbox.resolve(file.getFileName()))).isEqualTo(-1);
  }

  @Test
  void aFileLargerThanTheHeapArrivesWhole() throws Exception {
    sendAndCompare(file("large.bin", 256), 300);
  }

  @Test
  @Tag("soak")
  void twoGibibytesArriveWhole() throws Exception {
    sendAndCompare(file("huge.bin", 2048), 1_200);
  }

  @Test
  void aSenderWithoutReceiverGivesUp() throws Exception {
    Path file = file("small.bin", 1);
    try (EarshotProcess sender =
        EarshotProcess.start(
            "send", file.toString(), "--key", KeyFile.make(), "-i", LOOPBACK, "--wait", "2")) {
      assertThat(sender.exitCode(60)).as(sender.output()).isEqualTo(1);
      assertThat(sender.output())
          .contains("earshot: nobody who runs 'earshot receive' was found within 2 s");
    }
  }
}
