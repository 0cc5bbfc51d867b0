package dev.earshot.security.tls.pki;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;

/**
 * Writes files that only their owner can read, mode 0600 where the file system has modes, all of a
 * file or nothing: it is written under another name beside its place first.
 */
public final class PrivateFile {
  private static final System.Logger LOG = System.getLogger("dev.earshot.security");
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(PosixFilePermission.GROUP_READ, PosixFilePermission.OTHERS_READ);

  private PrivateFile() {}

  /**
   * Writes a new file.
   *
   * @throws FileAlreadyExistsException if there is one
   */
  public static void create(Path file, byte[] content) throws IOException {
    if (Files.exists(file)) {
      throw new FileAlreadyExistsException(file.toString());
    }
    Path draft = draft(file, content);
    try {
      Files.createLink(file, draft); // unlike a move, it replaces nothing
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.move(draft, file); // a file system without links; the JDK looks whether there is one
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** Writes a file in place of one that may be there, which stays whole if this fails. */
  public static void replace(Path file, byte[] content) throws IOException {
    Path draft = draft(file, content);
    try {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Logs a warning if others than its owner may read {@code file}, which holds a secret: somebody
   * else has written it, or copied it with other rights. It is used all the same, since whoever
   * runs a program may have reasons.
   */
  public static void warnIfOthersRead(Path file) {
    PosixFileAttributeView view =
        Files.getFileAttributeView(file, PosixFileAttributeView.class); // null without modes
    try {
      if (view != null && !Collections.disjoint(view.readAttributes().permissions(), OTHERS)) {
        LOG.log(
            Level.WARNING,
            "others than its owner may read {0}, which holds a secret key: chmod 600",
            file);
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "the file is gone already", e);
    }
  }

  private static Path draft(Path file, byte[] content) throws IOException {
    Path draft = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
    Set<StandardOpenOption> options =
        EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    try (FileChannel channel = FileChannel.open(draft, options, privately(file))) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(draft);
      throw e;
    }
    return draft;
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
