package dev.earshot.session.internal.resource;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that peers give. */
class FileNamesTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "photo.jpg | photo.jpg",
        "Grüße aus Köln.txt | Grüße aus Köln.txt",
        "写真.png | 写真.png",
        "../../etc/passwd | _.._etc_passwd",
        "/etc/passwd | _etc_passwd",
        "C:\\Windows\\evil.exe | C__Windows_evil.exe",
        ".bashrc | bashrc",
        "name. . | name",
        "CON | _CON",
        "con.txt | _con.txt",
        "Lpt1.tar.gz | _Lpt1.tar.gz",
        "COM¹ | _COM¹",
        "console.txt | console.txt"
      })
  void areMadeHarmless(String given, String harmless) {
    assertThat(FileNames.harmless(given)).isEqualTo(harmless);
  }

  @Test
  void whatIsNotSeenOrTurnsTextRoundIsReplaced() {
    assertThat(FileNames.harmless("a\u0000b\nc\u202Egpj.exe")).isEqualTo("a_b_c_gpj.exe");
    assertThat(FileNames.harmless("zero\u200Bwidth\uD800")).isEqualTo("zero_width_");
    assertThat(FileNames.harmless("a*b?c<d>e|f\"g:h")).isEqualTo("a_b_c_d_e_f_g_h");
    assertThat(FileNames.harmless("e\u0301")).as("composed").isEqualTo("\u00E9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "...", " ", "\u00A0", ". . ."})
  void thatAreNoneBecomeOne(String given) {
    assertThat(FileNames.harmless(given)).isEqualTo("file");
  }

  @Test
  void thatAreTooLongKeepTheirExtension() {
    String name = FileNames.harmless("\u20AC".repeat(500) + ".jpeg");
    assertThat(name).endsWith("\u20AC.jpeg");
    assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(FileNames.LONGEST);
    assertThat(FileNames.harmless("x." + "y".repeat(500))).startsWith("x.y");
  }

  @Test
  void ofDevicesAreNoLongerThanOthers() {
    String name = FileNames.harmless("CON." + "y".repeat(300));
    assertThat(name).startsWith("_CON.y").hasSize(FileNames.LONGEST);
    assertThat(FileNames.harmless(name)).isEqualTo(name);
  }

  @Test
  void areNumberedBeforeTheExtension() {
    assertThat(FileNames.numbered("a.txt", 1)).isEqualTo("a.txt");
    assertThat(FileNames.numbered("a.txt", 2)).isEqualTo("a (2).txt");
    assertThat(FileNames.numbered("README", 3)).isEqualTo("README (3)");
  }

  @Test
  void neverLeaveTheirFolderWhateverTheyAre() {
    Random random = new Random(5);
    Path folder = Path.of("/folder");
    String alphabet = "./\\: ~CONaux\u202E\u0000\uD83D\uDE00\u00E9*\t";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder given = new StringBuilder();
      for (int length = random.nextInt(30); length > 0; length--) {
        given.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String name = FileNames.harmless(given.toString());
      assertThat(name).isNotEmpty().doesNotStartWith(".").doesNotEndWith(".");
      Path target = folder.resolve(name).normalize();
      assertThat(target.getParent()).isEqualTo(folder);
      assertThat(FileNames.harmless(name)).as("harmless stays as it is").isEqualTo(name);
    }
  }
}
