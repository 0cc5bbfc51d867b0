package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.Identity;
import dev.earshot.security.tls.Identities;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two {@code cat} with a certificate each, on loopback. */
@Tag("network")
class CatCertificatesNetworkTest {
  @TempDir private static Path folder;
  private static final Identity DEN = Identities.mint("Den");
  private static final Identity LAB = Identities.mint("Lab");
  private static final Identity STRANGER = Identities.mint("Stranger");

  @BeforeAll
  static void store() throws IOException {
    char[] password = CatRun.PASSWORD.toCharArray();
    for (Identity identity : List.of(DEN, LAB, STRANGER)) {
      Identities.store(identity, file(identity), password, Identities.Encryption.STRONG);
    }
  }

  private static Path file(Identity identity) {
    return folder.resolve(identity.keyFingerprint().toString().replaceAll("\\W", "") + ".p12");
  }

  private static List<String> options(String transport, Identity own, Identity theirs) {
    return List.of(
        "-t",
        transport,
        "--security",
        "pki",
        "--identity",
        file(own).toString(),
        "--pin",
        theirs.fingerprint().toString());
  }

  private static CatRun listen(List<String> options) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("--listen", "0", "-i", CommandLineNetworks.loopback(), "-v"));
    arguments.addAll(options);
    return CatRun.start(arguments.toArray(new String[0]));
  }

  private static CatRun dial(CatRun listener, List<String> options) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("127.0.0.1", listener.port()));
    arguments.addAll(options);
    return CatRun.start(arguments.toArray(new String[0]));
  }

  private static void talk(CatRun dialler, CatRun listener) throws Exception {
    dialler.type("question");
    listener.awaitOutput("question").type("answer");
    dialler.awaitOutput("answer").endInput();
    listener.endInput();
    assertThat(dialler.exitCode()).as(dialler.errors()).isZero();
    assertThat(dialler.errors()).isEmpty();
    assertThat(listener.exitCode()).as(listener.errors()).isZero();
    assertThat(listener.output()).isEqualTo("question");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ws", "udp", "quic"})
  void eachKnowsTheOtherByItsCertificate(String transport) throws Exception {
    try (CatRun listener = listen(options(transport, DEN, LAB));
        CatRun dialler = dial(listener, options(transport, LAB, DEN))) {
      talk(dialler, listener);
      assertThat(listener.errors())
          .contains(transport.equals("udp") ? "ready, DTLSv1.2 " : "ready, TLSv1.3 ");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ws", "udp", "quic"})
  void aDiallerWithAnotherCertificateIsRefusedAndTheRightOneIsServed(String transport)
      throws Exception {
    try (CatRun listener = listen(options(transport, DEN, LAB))) {
      try (CatRun stranger = dial(listener, options(transport, STRANGER, DEN))) {
        assertThat(stranger.exitCode()).isEqualTo(1);
        assertThat(stranger.errors().lines())
            .singleElement()
            .asString()
            .startsWith("earshot: ")
            .contains("127.0.0.1:" + listener.port(), "certificate");
        assertThat(stranger.output()).isEmpty();
      }
      assertThat(listener.awaitErrorLine("earshot: "))
          .contains("certificate", STRANGER.fingerprint().toString());
      try (CatRun friend = dial(listener, options(transport, LAB, DEN))) {
        talk(friend, listener);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcp", "ws", "udp", "quic"})
  void aListenerWithAnotherCertificateIsNotTalkedTo(String transport) throws Exception {
    try (CatRun impostor = listen(options(transport, STRANGER, LAB))) {
      try (CatRun dialler = dial(impostor, options(transport, LAB, DEN))) {
        dialler.type("a secret");
        assertThat(dialler.exitCode()).isEqualTo(1);
        assertThat(dialler.errors().lines())
            .singleElement()
            .asString()
            .startsWith("earshot: ")
            .contains("127.0.0.1:" + impostor.port(), "certificate");
      }
      assertThat(impostor.output()).isEmpty();
    }
  }
}
