package dev.earshot.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two users, each with a configuration of its own, pair on loopback and then chat. */
@Tag("network")
@Tag("once")
class PairNetworkTest {
  private static final int SECONDS = 60;
  private static final String LOOPBACK = CommandLineNetworks.loopback();

  @TempDir private Path folder;
  private Path den;
  private Path kitchen;

  @BeforeEach
  void makeFolders() throws Exception {
    den = Files.createDirectory(folder.resolve("den"));
    kitchen = Files.createDirectory(folder.resolve("kitchen"));
  }

  private static String run(Path user, int code, String... arguments) throws Exception {
    try (EarshotProcess process = EarshotProcess.startAt(user, arguments)) {
      assertThat(process.exitCode(SECONDS)).as(process.output()).isEqualTo(code);
      return process.output();
    }
  }

  private EarshotProcess show() throws Exception {
    return EarshotProcess.startAt(den, "pair", "--show", "--name", "Den", "-i", LOOPBACK);
  }

  private static String codeOn(EarshotProcess showing) throws Exception {
    return showing
        .awaitLine("a code", SECONDS, line -> line.strip().matches("\\d{3} \\d{3}"))
        .strip();
  }

  private static EarshotProcess chat(Path user, String name, String... more) throws Exception {
    List<String> arguments =
        new java.util.ArrayList<>(List.of("chat", "--name", name, "-i", LOOPBACK));
    arguments.addAll(List.of(more));
    return EarshotProcess.startAt(user, arguments.toArray(String[]::new));
  }

  @Test
  void twoPairFindingEachOtherThenChatUntilOneIsForgotten() throws Exception {
    try (EarshotProcess showing = show()) {
      String code = codeOn(showing);
      showing.awaitLine("others find this as Den", SECONDS);
      assertThat(run(kitchen, 0, "pair", "--enter", code, "--name", "Kitchen", "-i", LOOPBACK))
          .contains("paired with Den", "chat --paired-with 'Den'");
      assertThat(showing.exitCode(SECONDS)).as(showing.output()).isZero();
      assertThat(showing.output()).contains("paired with Kitchen");
    }
    try (EarshotProcess ada = chat(den, "Ada", "--paired");
        EarshotProcess bea = chat(kitchen, "Bea", "--paired-with", "Den")) {
      ada.awaitLine("* Bea joined (TLSv1.2 ", SECONDS);
      bea.awaitLine("* Ada joined (TLSv1.2 ", SECONDS); // before, nobody is there to hear her
      bea.type("hello");
      ada.awaitLine("Bea: hello", SECONDS);
    }
    assertThat(run(den, 0, "pair", "--list")).contains("Kitchen", "  seen 2");
    assertThat(run(den, 0, "pair", "--rename", "Kitchen", "--as", "K")).contains("is called K now");
    assertThat(run(den, 0, "pair", "--forget", "K")).contains("forgotten: K");
    assertThat(run(den, 1, "chat", "--paired", "-i", LOOPBACK)).contains("nobody is paired");
    assertThat(run(den, 1, "pair", "--forget", "K")).contains("nobody called 'K' is paired");
  }

  @Test
  void aWrongCodeIsToldOnBothScreensAndTheRightOneStillWorks() throws Exception {
    try (EarshotProcess showing = show()) {
      String code = codeOn(showing);
      String port =
          showing.awaitLine("a port", SECONDS, line -> line.startsWith("port ")).substring(5);
      String address = "127.0.0.1:" + port;
      String wrong = code.startsWith("0") ? "1" + code.substring(1) : "0" + code.substring(1);
      assertThat(run(kitchen, 1, "pair", "--enter", wrong, "-c", address, "-i", LOOPBACK))
          .contains("the code is not the one that it shows");
      showing.awaitLine("tried a wrong code; 2 tries are left", SECONDS);
      run(kitchen, 0, "pair", "--enter", code, "-c", address, "-i", LOOPBACK, "--as", "D");
      assertThat(showing.exitCode(SECONDS)).isZero();
    }
    assertThat(run(kitchen, 0, "pair", "--list")).startsWith("D  paired ");
  }

  @Test
  void aQrCodeCarriesTheKeyFromOneScreenToTheOther() throws Exception {
    Path picture = folder.resolve("code.png");
    String shown =
        run(den, 0, "pair", "--qr", picture.toString(), "--as", "Phone", "--name", "Den");
    assertThat(shown).contains("paired with Phone", "\u2588").doesNotContain("earshot-pair:");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(picture)))
        .isEqualTo("rw-------");
    BufferedImage image = ImageIO.read(picture.toFile());
    String scanned = QrReader.read(image);
    assertThat(run(kitchen, 0, "pair", "--scanned", scanned)).contains("paired with Den");
    assertThat(identities(den)).isEqualTo(identities(kitchen)).hasSize(1);
  }

  private static List<String> identities(Path user) throws Exception {
    return run(user, 0, "pair", "--list")
        .lines()
        .map(line -> line.substring(line.lastIndexOf(' ') + 1))
        .toList();
  }

  @Test
  void aDamagedListIsNamedAndNothingIsBegun() throws Exception {
    Path list = Files.createDirectory(den.resolve("earshot")).resolve("paired");
    Files.writeString(list, "something else\n");
    assertThat(run(den, 1, "pair", "--show", "-i", LOOPBACK))
        .contains(list.toString(), "no list of paired peers")
        .doesNotContain("port ");
    assertThat(list).hasContent("something else\n");
  }
}
