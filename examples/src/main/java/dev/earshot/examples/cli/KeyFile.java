package dev.earshot.examples.cli;

import dev.earshot.PreSharedKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The file with a user's key: one line of hexadecimal digits, readable by that user only. */
final class KeyFile {
  private static final int NEW_KEY_BYTES = 32;

  private KeyFile() {}

  /** Where the key is if nothing else is said. */
  static Path standard() {
    String configured = System.getenv("XDG_CONFIG_HOME");
    Path folder =
        configured == null || configured.isBlank()
            ? Path.of(System.getProperty("user.home"), ".config")
            : Path.of(configured);
    return folder.resolve("earshot").resolve("key");
  }

  /** A new key, as text. */
  static String make() {
    byte[] key = new byte[NEW_KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return HexFormat.of().formatHex(key);
  }

  /** The key in {@code hex} or else in {@code file}, or else this user's. */
  static byte[] chosen(@Nullable String hex, @Nullable Path file) throws IOException {
    if (hex != null) {
      return parse(hex, "--key");
    }
    if (file != null) {
      return read(file);
    }
    String fromEnvironment = System.getenv(KeyOption.ENVIRONMENT);
    return fromEnvironment != null
        ? parse(fromEnvironment, KeyOption.ENVIRONMENT)
        : readOrMake(standard());
  }

  static byte[] readOrMake(Path file) throws IOException {
    if (!Files.exists(file)) {
      try {
        write(file, make());
      } catch (FileAlreadyExistsException e) {
        return read(file); // another process made it a moment ago
      }
    }
    return read(file);
  }

  static byte[] read(Path file) throws IOException {
    if (Files.size(file) > 2 * PreSharedKey.MAXIMUM_KEY_BYTES + 2) {
      throw new IllegalArgumentException(file + " is too long to be a key");
    }
    return parse(Files.readString(file, StandardCharsets.ISO_8859_1), file.toString());
  }

  /** Reads hexadecimal digits; {@code source} is named when they are not, and they never are. */
  static byte[] parse(String text, String source) {
    String digits = text.strip();
    boolean hexadecimal = digits.chars().allMatch(HexFormat::isHexDigit);
    if (!hexadecimal
        || digits.length() % 2 != 0
        || digits.length() < 2 * PreSharedKey.MINIMUM_KEY_BYTES
        || digits.length() > 2 * PreSharedKey.MAXIMUM_KEY_BYTES) {
      throw new IllegalArgumentException(
          source
              + " holds no key: expected 32 to 512 hexadecimal digits, an even number of them;"
              + " 'earshot key --new' makes one");
    }
    return HexFormat.of().parseHex(digits);
  }

  /** Writes a complete file at once, so that nobody ever reads a part of it. */
  private static void write(Path file, String key) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path draft = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      Files.createFile(draft, privately(file));
      Files.writeString(draft, key + System.lineSeparator());
      try {
        Files.createLink(file, draft); // unlike a move, it does not replace another's
      } catch (UnsupportedOperationException | FileSystemException e) {
        if (Files.exists(file)) {
          throw new FileAlreadyExistsException(file.toString());
        }
        Files.move(draft, file);
      }
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static FileAttribute<?>[] privately(Path file) {
    boolean posix = file.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
