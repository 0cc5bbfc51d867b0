package dev.earshot.security.tls;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The file of {@link PairedPeers}, which only its owner may read (mode 0600 where there are modes),
 * and that is whole at every moment: a new content is written beside it, forced to the disk and put
 * in its place at once. Blocks.
 */
final class PeerFile {
  private static final System.Logger LOG = System.getLogger("dev.earshot");

  private final Path file;
  private final int maximumBytes;

  PeerFile(Path file, int maximumBytes) {
    this.file = file.toAbsolutePath();
    this.maximumBytes = maximumBytes;
  }

  Path path() {
    return file;
  }

  /** What tells one content from the next without reading it; empty if there is no file. */
  Optional<Object> fingerprint() throws IOException {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(
          new Fingerprint(now.lastModifiedTime(), now.size(), String.valueOf(now.fileKey())));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private record Fingerprint(FileTime modified, long size, String inode) {}

  /** The whole content; empty if there is no file. */
  Optional<byte[]> read() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() > maximumBytes) {
        throw new PairedPeersCorruptException(file, "it is longer than " + maximumBytes + " bytes");
      }
      ByteBuffer content = ByteBuffer.allocate((int) channel.size());
      while (content.hasRemaining() && channel.read(content) >= 0) {
        // until it is full
      }
      byte[] bytes = new byte[content.position()];
      content.flip().get(bytes);
      return Optional.of(bytes);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Makes {@code content} the content. For one process and one thread at a time. */
  void write(byte[] content) throws IOException {
    Path draft = file.resolveSibling(file.getFileName() + ".draft");
    Files.deleteIfExists(draft); // of somebody who did not come to the end
    try (FileChannel channel =
        FileChannel.open(
            draft,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            ownerOnly(draft))) {
      ByteBuffer bytes = ByteBuffer.wrap(content);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true); // before the move: or a crash could leave an empty file in its place
    }
    try {
      Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      LOG.log(Level.DEBUG, "this file system cannot replace at once", e);
      Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
    }
    forceFolder();
  }

  private void forceFolder() {
    try (FileChannel folder = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "not every system can force a folder to the disk", e);
    }
  }

  /** A channel to be locked while the file is changed; the folder is made if need be. */
  FileChannel lockChannel() throws IOException {
    Files.createDirectories(file.getParent());
    Path lock = file.resolveSibling(file.getFileName() + ".lock");
    return FileChannel.open(
        lock,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
        ownerOnly(lock));
  }

  private static FileAttribute<?>[] ownerOnly(Path path) {
    boolean posix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }
}
