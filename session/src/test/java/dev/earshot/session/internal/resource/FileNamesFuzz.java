package dev.earshot.session.internal.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.earshot.testing.Amplification;
import dev.earshot.testing.PeerBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Names of files, from a peer: whatever they are, they become one file in the folder, with a name
 * that stays as it is, and so does the same name with a number.
 */
public final class FileNamesFuzz {
  private static final Path FOLDER = Path.of("/folder");
  private static final int LONGEST = 1_024; // of an offer
  private static final int FACTOR = 4_000; // a name that is too long is shortened step by step
  private static final int BASE = 1 << 20;

  private FileNamesFuzz() {}

  /** The entry for Jazzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    PeerBytes bytes = new PeerBytes(input);
    int number = 1 + bytes.octet();
    byte[] rest = bytes.take(LONGEST);
    String given = new String(rest, StandardCharsets.UTF_8);
    Amplification.bounded(rest.length, FACTOR, BASE, () -> FileNames.harmless(given));
    String name = FileNames.harmless(given);
    inTheFolder(name, FileNames.LONGEST);
    inTheFolder(FileNames.numbered(name, number), 255);
    assertThat(FileNames.harmless(name)).as("harmless stays as it is").isEqualTo(name);
  }

  private static void inTheFolder(String name, int longest) {
    assertThat(name.getBytes(StandardCharsets.UTF_8)).hasSizeBetween(1, longest);
    assertThat(name).doesNotContain("/", "\\", "\0", ":").doesNotStartWith(".").doesNotEndWith(".");
    assertThat(name.codePoints().noneMatch(Character::isISOControl)).isTrue();
    Path target = FOLDER.resolve(name).normalize();
    assertThat(target.getParent()).isEqualTo(FOLDER);
    assertThat(target.getFileName().toString()).isEqualTo(name);
  }

  /** Honest names, and others. */
  public static List<byte[]> seeds() {
    return List.of(
        seed("photo.jpg"),
        seed("Grüße aus Köln.tar.gz"),
        seed("写真 😀.png"),
        seed("../../etc/passwd"),
        seed("C:\\Windows\\con.txt"),
        seed("\u202Egpj.exe\0\n. . "),
        seed("COM¹.a"),
        seed("e\u0301".repeat(120) + ".jpeg"),
        seed("x." + "y".repeat(300)));
  }

  private static byte[] seed(String name) {
    return ("\2" + name).getBytes(StandardCharsets.UTF_8);
  }
}
