package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Identities made and used by the command. */
@Tag("network")
@Tag("once")
class IdentityNetworkTest {
  private static final int SECONDS = 60;
  private static final Map<String, String> PASSWORD =
      Map.of(PasswordPrompt.ENVIRONMENT, "correct horse");

  @TempDir private Path folder;

  /** Makes an identity and returns its fingerprint. */
  private String mint(String name, String... more) throws Exception {
    List<String> arguments =
        new ArrayList<>(List.of("identity", "--name", name, "--out", file(name)));
    arguments.addAll(List.of(more));
    try (EarshotProcess made = EarshotProcess.start(PASSWORD, arguments.toArray(new String[0]))) {
      assertThat(made.exitCode(SECONDS)).as(made.output()).isZero();
      assertThat(made.output()).contains("SecPKCS12Import", "let pin = Data([0x");
      return fingerprint(made);
    }
  }

  private String file(String name) {
    return folder.resolve(name + ".p12").toString();
  }

  private static String fingerprint(EarshotProcess process) throws InterruptedException {
    String line = process.awaitLine("  fingerprint  ", SECONDS);
    return line.substring(line.lastIndexOf(' ') + 1);
  }

  private EarshotProcess chat(String name, String... pins) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "chat",
                "--name",
                name,
                "--interface",
                CommandLineNetworks.loopback(),
                "--identity",
                file(name)));
    for (String pin : pins) {
      arguments.addAll(List.of("--pin", pin));
    }
    EarshotProcess chat = EarshotProcess.start(PASSWORD, arguments.toArray(new String[0]));
    chat.awaitLine("* " + name + ", port", SECONDS);
    return chat;
  }

  @Test
  void thoseWhoPinEachOtherTalkAndOthersAreToldWhyNot() throws Exception {
    String ada = mint("Ada");
    String bea = mint("Bea");
    mint("Eve");
    try (EarshotProcess first = chat("Ada", bea);
        EarshotProcess second = chat("Bea", ada)) {
      first.awaitLine("* Bea joined (TLSv1.3 ", SECONDS);
      second.awaitLine("* Ada joined (TLSv1.3 ", SECONDS);
      first.type("hello");
      second.awaitLine("Ada: hello", SECONDS);
      try (EarshotProcess third = chat("Eve", ada, bea)) {
        assertThat(third.awaitLine("* no connection with ", SECONDS)).contains("certificate");
        assertThat(first.awaitLine("* no connection with ", SECONDS)).contains("certificate");
      }
    }
  }

  @Test
  void aFileIsPrivateStaysAndIsShownAgain() throws Exception {
    String made = mint("Ada", "--ed25519", "--strong", "--host", "den.local", "--swift");

    assertThat(Files.getPosixFilePermissions(Path.of(file("Ada"))))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    try (EarshotProcess again =
        EarshotProcess.start(PASSWORD, "identity", "--name", "Ada", "--out", file("Ada"))) {
      assertThat(again.exitCode(SECONDS)).isEqualTo(1);
      assertThat(again.output()).contains("is there already; --replace overwrites it");
    }
    try (EarshotProcess shown =
        EarshotProcess.start(PASSWORD, "identity", "--show", file("Ada"), "--swift")) {
      assertThat(fingerprint(shown)).isEqualTo(made);
      assertThat(shown.exitCode(SECONDS)).isZero();
      String first = "0x" + made.substring(0, 2).toLowerCase(Locale.ROOT);
      assertThat(shown.output())
          .contains("sec_protocol_options_set_verify_block", "let pin = Data([" + first + ", ");
    }
    try (EarshotProcess wrong =
        EarshotProcess.start(
            Map.of(PasswordPrompt.ENVIRONMENT, "wrong"), "identity", "--show", file("Ada"))) {
      assertThat(wrong.exitCode(SECONDS)).isEqualTo(1);
      assertThat(wrong.output())
          .contains("earshot: " + file("Ada") + ": the password is wrong")
          .doesNotContain("Exception");
    }
  }
}
