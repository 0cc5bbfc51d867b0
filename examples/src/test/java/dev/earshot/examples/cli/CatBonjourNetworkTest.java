package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Identity;
import dev.earshot.security.tls.Identities;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Two {@code cat} find each other by multicast DNS on loopback. */
@Tag("network")
@Tag("once")
class CatBonjourNetworkTest {
  private static final String KEY = "000102030405060708090a0b0c0d0e0f";

  @TempDir private static Path folder;
  private static List<String> certificate = List.of();

  private final String name = "Den " + UUID.randomUUID();

  @BeforeAll
  static void mint() throws IOException {
    Identity identity = Identities.mint("Den");
    Path file = folder.resolve("den.p12");
    Identities.store(identity, file, CatRun.PASSWORD.toCharArray(), Identities.Encryption.STRONG);
    certificate =
        List.of("--identity", file.toString(), "--pin", identity.fingerprint().toString());
  }

  private static CatRun run(List<String> options, String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(more));
    arguments.addAll(List.of("-i", CommandLineNetworks.loopback(), "-v"));
    arguments.addAll(options);
    return CatRun.start(arguments.toArray(new String[0]));
  }

  static Stream<Arguments> everyTransport() {
    return Stream.of(
        Arguments.of("tcp", "_tcp", List.of("-s", "none")),
        Arguments.of("ws", "_tcp", List.of("--key", KEY)),
        Arguments.of("udp", "_udp", List.of("-s", "none")),
        Arguments.of("udp", "_udp", List.of("--key", KEY)),
        Arguments.of("quic", "_udp", certificate));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("everyTransport")
  void aNameIsEnough(String transport, String suffix, List<String> security) throws Exception {
    List<String> options = new ArrayList<>(List.of("-t", transport));
    options.addAll(security);
    try (CatRun listener = run(options, "--listen", "0", "--advertise", name)) {
      listener.awaitError("others find this as " + name + "._earshot-cat." + suffix);
      try (CatRun dialler = run(options, "--bonjour", name, "--wait", "30")) {
        dialler.type("found").awaitError(name + "._earshot-cat." + suffix);
        listener.awaitOutput("found").type("and heard");
        dialler.awaitOutput("and heard").endInput();
        listener.endInput();
        assertThat(dialler.exitCode()).as(dialler.errors()).isZero();
        assertThat(listener.exitCode()).as(listener.errors()).isZero();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"udp, _udp, _x._tcp", "tcp, _tcp, _x._udp", "ws, _tcp, _x._udp"})
  void aTypeOfTheOtherSuffixIsRefused(String transport, String suffix, String type)
      throws Exception {
    List<String> options = List.of("-t", transport, "-s", "none", "--type", type);
    try (CatRun listener = run(options, "--listen", "0", "--advertise", name);
        CatRun dialler = run(options, "--bonjour", name)) {
      for (CatRun side : List.of(listener, dialler)) {
        assertThat(side.exitCode()).isEqualTo(1);
        assertThat(side.errors().lines())
            .singleElement()
            .asString()
            .startsWith("earshot: ")
            .contains(type, "does not fit the protocol")
            .endsWith("has to end in " + suffix);
      }
    }
  }
}
