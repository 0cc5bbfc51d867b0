package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Connection;
import dev.earshot.ContentMetadata;
import dev.earshot.Identity;
import dev.earshot.Listener;
import dev.earshot.Network;
import dev.earshot.Parameters;
import dev.earshot.Payload;
import dev.earshot.Received;
import dev.earshot.security.tls.Identities;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code cat} between the pipes and signals of the system, with a heap of 64 MiB. */
@Tag("network")
@EnabledOnOs(OS.LINUX)
class CatProcessNetworkTest {
  private static final int SECONDS = 120;
  private static final int LARGEST = 16 << 20;
  private static final String KEY = " --key 000102030405060708090a0b0c0d0e0f ";

  /** A peer in this process: the address to connect to, and who did. */
  private record Peer(Network network, String address, CompletableFuture<Connection> connection)
      implements AutoCloseable {
    static Peer listen() throws Exception {
      Network network = Network.open();
      CompletableFuture<Connection> connected = new CompletableFuture<>();
      Parameters parameters =
          Parameters.webSocket().requireLink(network.link(CommandLineNetworks.loopback())).build();
      Listener listener = network.listener(parameters);
      listener.start((self, connection) -> connected.complete(connection.start()), Runnable::run);
      listener.ready().get(SECONDS, TimeUnit.SECONDS);
      return new Peer(network, "127.0.0.1 " + listener.port().getAsInt(), connected);
    }

    Connection accepted() throws Exception {
      return connection.get(SECONDS, TimeUnit.SECONDS).ready().get(SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      network.close();
    }
  }

  @Test
  @Timeout(SECONDS)
  void aSignalEndsItWithAFarewell(@TempDir Path folder) throws Exception {
    Path written = folder.resolve("written");
    try (Peer peer = Peer.listen();
        EarshotProcess cat =
            EarshotProcess.shell(
                // A shell in the background ignores the signal, and what it starts would inherit
                // it.
                "exec env --default-signal=INT $EARSHOT cat -s none -d "
                    + peer.address()
                    + " > "
                    + written)) {
      Connection connection = peer.accepted();
      connection.send(Payload.wrap(new byte[LARGEST])).get(SECONDS, TimeUnit.SECONDS);
      while (Files.size(written) < LARGEST) {
        assertThat(cat.output()).doesNotContain("earshot:");
        Thread.onSpinWait();
      }
      new ProcessBuilder("kill", "-INT", String.valueOf(cat.pid())).start().waitFor();
      Received end = connection.receiveMessage().get(SECONDS, TimeUnit.SECONDS);
      assertThat(end.endOfStream()).isTrue();
      assertThat(((ContentMetadata.WebSocket) end.metadata()).closeCode()).hasValue(1001);
      assertThat(cat.exitCode(SECONDS)).isEqualTo(130);
      assertThat(cat.output()).doesNotContain("earshot:");
    }
  }

  @Test
  void aPipeThatNobodyReadsEndsIt() throws Exception {
    try (Peer peer = Peer.listen();
        EarshotProcess cat =
            EarshotProcess.shell(
                "$EARSHOT cat -s none -d "
                    + peer.address()
                    + " | head -n 1; echo exit code ${PIPESTATUS[0]}")) {
      Connection connection = peer.accepted();
      connection.send(Payload.utf8("first line\n")).get(SECONDS, TimeUnit.SECONDS);
      cat.awaitLine("first line", SECONDS);
      Payload more = Payload.utf8("more\n");
      while (connection.state() instanceof Connection.State.Ready) {
        connection.send(more).exceptionally(over -> null).get(SECONDS, TimeUnit.SECONDS);
      }
      cat.awaitLine("exit code 1", SECONDS);
      assertThat(cat.output()).contains("earshot: standard output: Broken pipe");
    }
  }

  @Test
  void whereQuicHasNoNativeLibraryTheArtifactThatBringsItIsNamed(@TempDir Path folder)
      throws Exception {
    Identity identity = Identities.mint("Den");
    Path file = folder.resolve("den.p12");
    Identities.store(identity, file, CatRun.PASSWORD.toCharArray(), Identities.Encryption.STRONG);
    Map<String, String> password = Map.of(PasswordPrompt.ENVIRONMENT, CatRun.PASSWORD);
    String certificate = " -t quic --identity " + file + " --pin " + identity.fingerprint();
    for (String side : List.of("127.0.0.1 9", "--listen 0 -i " + CommandLineNetworks.loopback())) {
      try (EarshotProcess cat =
          EarshotProcess.startWithout(
              "netty-codec-native-quic", password, ("cat " + side + certificate).split(" "))) {
        assertThat(cat.exitCode(SECONDS)).isEqualTo(1);
        assertThat(cat.output().lines())
            .singleElement()
            .asString()
            .startsWith("earshot: ")
            .contains("add io.netty:netty-codec-native-quic with the classifier linux-");
      }
    }
  }

  /** Sends zeros from one process to another and compares their number. */
  private static void carry(long bytes, String options, String reader) throws Exception {
    String loopback = " -i " + CommandLineNetworks.loopback();
    try (EarshotProcess to =
        EarshotProcess.shell(
            "set -o pipefail; $EARSHOT cat --listen 0 -d" + options + loopback + "|" + reader)) {
      String listening = to.awaitLine("* listening on port ", SECONDS);
      String port = listening.substring(listening.lastIndexOf(' ') + 1);
      try (EarshotProcess from =
          EarshotProcess.shell(
              "set -o pipefail; head -c "
                  + bytes
                  + " /dev/zero | $EARSHOT cat 127.0.0.1 "
                  + port
                  + options)) {
        assertThat(from.exitCode(SECONDS)).as(from.output()).isZero();
      }
      assertThat(to.exitCode(SECONDS)).as(to.output()).isZero();
      assertThat(to.output().lines()).contains(String.valueOf(bytes));
    }
  }

  @Test
  void aHeapOf64MebibytesIsEnoughForMore() throws Exception {
    carry(128 << 20, " -t ws -s none ", "wc -c"); // with keys in the long tests
  }

  @Tag("soak")
  @ParameterizedTest
  @ValueSource(strings = {" -t tcp -s none ", " -t tcp " + KEY, " -t ws -s none ", " -t ws " + KEY})
  void aHeapOf64MebibytesIsEnoughForAGibibyte(String options) throws Exception {
    carry(1L << 30, options, "wc -c");
  }

  @Tag("soak")
  @Test
  void aReaderThatPausesCostsNoMemory() throws Exception {
    carry(1L << 30, " -t ws " + KEY, "(sleep 10; wc -c)");
  }
}
