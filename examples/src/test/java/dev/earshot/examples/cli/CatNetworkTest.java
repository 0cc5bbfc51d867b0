package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Identity;
import dev.earshot.security.tls.Identities;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two {@code cat} talk on loopback. */
@Tag("network")
class CatNetworkTest {
  private static final String KEY = "000102030405060708090a0b0c0d0e0f";
  private static final String HOST = "127.0.0.1";

  @TempDir private static Path folder;
  private static List<String> certificate = List.of();

  private static CatRun listen(String... options) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("--listen", "0", "-i", CommandLineNetworks.loopback()));
    arguments.addAll(List.of(options));
    return CatRun.start(arguments.toArray(new String[0]));
  }

  private static CatRun dial(String port, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(HOST, port));
    arguments.addAll(List.of(options));
    return CatRun.start(arguments.toArray(new String[0]));
  }

  /** Both sides prove themselves by one certificate, and trust it. */
  @BeforeAll
  static void mint() throws Exception {
    Identity identity = Identities.mint("Den");
    Path file = folder.resolve("den.p12");
    Identities.store(identity, file, CatRun.PASSWORD.toCharArray(), Identities.Encryption.STRONG);
    certificate =
        List.of("--identity", file.toString(), "--pin", identity.fingerprint().toString());
  }

  private static Arguments certified(String transport) {
    return arguments(transport, certificate.toArray(new String[0]));
  }

  private static Arguments arguments(String transport, String... security) {
    List<String> options = new ArrayList<>(List.of("-t", transport));
    options.addAll(List.of(security));
    return Arguments.of(transport, options.toArray(new String[0]));
  }

  static Stream<Arguments> everyTransport() {
    Stream<Arguments> unlikeQuic =
        Stream.of("tcp", "ws", "udp")
            .flatMap(
                transport ->
                    Stream.of(
                        arguments(transport, "-s", "none"), arguments(transport, "--key", KEY)));
    return Stream.concat(
        unlikeQuic, Stream.of("tcp", "ws", "udp", "quic").map(CatNetworkTest::certified));
  }

  static Stream<Arguments> everyStream() {
    return everyTransport().filter(of -> Set.of("tcp", "quic").contains(of.get()[0]));
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("everyTransport")
  void bothTalkAndTheEndOfOneInputEndsBoth(String transport, String[] options) throws Exception {
    try (CatRun listener = listen(options);
        CatRun dialler = dial(listener.port(), options)) {
      dialler.type("from one side\n");
      listener.awaitOutput("from one side\n").type("from the other");
      dialler.awaitOutput("from the other");
      dialler.endInput();
      if (Set.of("tcp", "quic").contains(transport) || List.of(options).contains("none")) {
        listener.endInput(); // streams have two ends, and datagrams none
      }
      assertThat(dialler.exitCode()).as(dialler.errors()).isZero();
      assertThat(listener.exitCode()).as(listener.errors()).isZero();
      assertThat(listener.output()).isEqualTo("from one side\n");
      assertThat(dialler.output()).isEqualTo("from the other");
    }
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("everyStream")
  void theEndOfOneInputIsHalfTheEndOfAStream(String transport, String[] options) throws Exception {
    try (CatRun listener = listen(options);
        CatRun dialler = dial(listener.port(), options)) {
      dialler.type("question").endInput();
      listener.awaitOutput("question");
      assertThat(dialler.isRunning()).isTrue();
      listener.type("answer").endInput();
      assertThat(dialler.exitCode()).isZero();
      assertThat(dialler.output()).isEqualTo("answer");
      assertThat(listener.exitCode()).isZero();
    }
  }

  @ParameterizedTest(name = "{0} {index}")
  @MethodSource("everyTransport")
  void anEchoServesManyAtOnce(String transport, String[] options) throws Exception {
    List<String> serving = new ArrayList<>(List.of(options));
    serving.addAll(List.of("--echo", "--keep"));
    try (CatRun listener = listen(serving.toArray(new String[0]));
        CatRun first = dial(listener.port(), options);
        CatRun second = dial(listener.port(), options)) {
      first.type("one").awaitOutput("one");
      second.type("two").awaitOutput("two");
      first.type(", and more").awaitOutput("one, and more");
      assertThat(first.endInput().exitCode()).isZero();
      assertThat(second.endInput().exitCode()).isZero();
      assertThat(listener.isRunning()).isTrue();
    }
  }

  @Test
  void anotherConnectsWhenTheOneBeforeHasGone() throws Exception {
    String[] options = {"-s", "none"};
    try (CatRun listener = listen("-s", "none", "--keep", "-v")) {
      try (CatRun first = dial(listener.port(), options)) {
        first.type("first ").endInput();
        assertThat(first.exitCode()).isZero();
      }
      try (CatRun second = dial(listener.port(), options)) {
        second.type("second");
        listener.awaitOutput("first second").type("seen");
        second.awaitOutput("seen");
        listener.endInput(); // which ends nothing
        second.type(", third");
        listener.awaitOutput("first second, third");
        assertThat(second.endInput().exitCode()).isZero();
      }
      assertThat(listener.isRunning()).isTrue();
      assertThat(listener.errors()).contains(": ready, not protected, path /");
    }
  }

  @Test
  void aWrongKeyIsToldAndTheListenerWaitsForTheRightOne() throws Exception {
    try (CatRun listener = listen("--key", KEY)) {
      try (CatRun stranger = dial(listener.port(), "--key", KEY + "ff")) {
        assertThat(stranger.exitCode()).isEqualTo(1);
        assertThat(stranger.errors().lines()).singleElement().asString().contains("key");
      }
      listener.awaitError("key");
      try (CatRun friend = dial(listener.port(), "--key", KEY)) {
        friend.type("hello").endInput();
        assertThat(friend.exitCode()).isZero();
      }
      assertThat(listener.exitCode()).isZero();
      assertThat(listener.output()).isEqualTo("hello");
    }
  }

  @Test
  void aKeyHasANameThatMayBeBytes() throws Exception {
    try (CatRun listener = listen("--key", KEY, "--psk-identity", "hex:00ff", "-v");
        CatRun dialler = dial(listener.port(), "--key", KEY, "--psk-identity", "hex:00ff")) {
      listener.awaitError("key '\\x00\\xFF'");
      assertThat(dialler.endInput().exitCode()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ws", "quic"})
  void aListenerProvesItselfToWhoHasNoCertificate(String transport, @TempDir Path folder)
      throws Exception {
    Identity identity = Identities.minting("Den").mint();
    Path file = folder.resolve("den.p12");
    String password = "only for this test";
    Identities.store(identity, file, password.toCharArray(), Identities.Encryption.STRONG);
    String pin = identity.fingerprint().toString();
    try (EarshotProcess listener =
        EarshotProcess.start(
            Map.of(PasswordPrompt.ENVIRONMENT, password),
            "cat",
            "--listen",
            "0",
            "--transport",
            transport,
            "--identity",
            file.toString(),
            "--no-client-certificate",
            "--echo",
            "--keep",
            "-i",
            CommandLineNetworks.loopback())) {
      String line = listener.awaitLine("* listening on port ", 30);
      String port = line.substring(line.lastIndexOf(' ') + 1);
      try (CatRun dialler = dial(port, "-t", transport, "--pin", pin, "-v")) {
        dialler.type("hello").awaitOutput("hello").awaitError("ready, TLSv1.3");
        assertThat(dialler.endInput().exitCode()).isZero();
      }
      try (CatRun untrusting = dial(port, "-t", transport, "--security", "pki")) {
        assertThat(untrusting.exitCode()).isEqualTo(1);
        assertThat(untrusting.errors()).contains("certificate");
      }
    }
  }

  @Test
  void nobodyThereIsToldAtOnceUnlessThereIsTimeToWait() throws Exception {
    String port;
    try (CatRun listener = listen("-s", "none")) {
      port = listener.port();
    }
    try (CatRun once = dial(port, "-s", "none")) {
      assertThat(once.exitCode()).isEqualTo(1);
      assertThat(once.errors().lines())
          .singleElement()
          .isEqualTo("earshot: connecting to 127.0.0.1:" + port + ": refused");
    }
    try (CatRun patient = dial(port, "-s", "none", "--wait", "30", "-v")) {
      patient.awaitError("waiting, ");
      try (CatRun late =
          CatRun.start("--listen", port, "-s", "none", "-i", CommandLineNetworks.loopback())) {
        patient.type("at last");
        late.awaitOutput("at last");
        assertThat(patient.endInput().exitCode()).isZero();
      }
    }
  }

  @Test
  void linesAreMessages() throws Exception {
    try (CatRun listener = listen("-s", "none", "--echo");
        CatRun dialler = dial(listener.port(), "-s", "none", "--text", "--quit-after", "30")) {
      dialler.type("one\r\n\ntwo");
      dialler.awaitOutput("one\n\n");
      dialler.endInput(); // what was not ended by a line end is a line too
      dialler.awaitOutput("one\n\ntwo\n");
    }
  }

  @Test
  void textHasToBeText() throws Exception {
    InputStream bytes = new ByteArrayInputStream(new byte[] {(byte) 0xFF, '\n'});
    try (CatRun listener = listen("-s", "none");
        CatRun dialler =
            CatRun.start(
                bytes,
                OutputStream.nullOutputStream(),
                HOST,
                listener.port(),
                "-s",
                "none",
                "--text")) {
      assertThat(dialler.exitCode()).isEqualTo(1);
      assertThat(dialler.errors()).contains("standard input: ").contains("UTF-8");
    }
  }
}
