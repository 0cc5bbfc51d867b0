package dev.earshot.session.internal.resource;

import dev.earshot.Payload;
import dev.earshot.session.ResourceException;
import dev.earshot.session.ResourceException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Where a file arrives: a hidden file in the folder until it is complete, then a harmless name of
 * its own. Blocks; used by one lane of the disk's threads.
 */
final class Landing {
  private static final int MAXIMUM_NAMES = 10_000;

  private final Path folder;
  private final Path hidden;
  private final OptionalLong expected;
  private final MessageDigest digest = sha256();
  private byte[] scratch = new byte[0];
  private @Nullable FileChannel channel;
  private long written;

  /**
   * A place in {@code folder}, which is not touched before {@link #open}.
   *
   * @param unique tells this file from all others that arrive there
   * @param expected the size that it is said to have
   */
  Landing(Path folder, String unique, OptionalLong expected) {
    this.folder = folder;
    this.hidden = folder.resolve(".earshot-" + unique + ".part");
    this.expected = expected;
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  void open() throws IOException, ResourceException {
    if (!Files.isDirectory(folder)) {
      throw new NoSuchFileException(folder + " is no folder");
    }
    long free = Files.getFileStore(folder).getUsableSpace();
    if (expected.isPresent() && expected.getAsLong() > free) {
      throw new ResourceException(
          Code.NO_SPACE, "there is no room for " + expected.getAsLong() + " bytes", null);
    }
    channel = FileChannel.open(hidden, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  void write(Payload piece) throws IOException, ResourceException {
    int length = piece.length();
    if (expected.isPresent() && length > expected.getAsLong() - written) {
      throw new ResourceException(
          Code.DIGEST_MISMATCH, "more arrived than the " + expected.getAsLong() + " bytes", null);
    }
    if (scratch.length < length) {
      scratch = new byte[length];
    }
    piece.copyTo(0, scratch, 0, length);
    digest.update(scratch, 0, length);
    ByteBuffer buffer = ByteBuffer.wrap(scratch, 0, length);
    try {
      while (buffer.hasRemaining()) {
        Objects.requireNonNull(channel).write(buffer);
      }
    } catch (IOException e) {
      if (isFull(length)) {
        throw new ResourceException(Code.NO_SPACE, "the disk is full", e);
      }
      throw e;
    }
    written += length;
  }

  private boolean isFull(int length) throws IOException {
    return Files.getFileStore(folder).getUsableSpace() < length;
  }

  long written() {
    return written;
  }

  /** The digest of all that was written; once. */
  Payload digest() {
    return Payload.wrap(digest.digest());
  }

  /** Makes the file appear under a name like {@code wanted}, safe on the disk. */
  Path publish(String wanted) throws IOException {
    try (FileChannel complete = Objects.requireNonNull(channel)) {
      complete.force(true);
    }
    String name = FileNames.harmless(wanted);
    for (int number = 1; number <= MAXIMUM_NAMES; number++) {
      Path target = folder.resolve(FileNames.numbered(name, number));
      if (appearAs(target)) {
        syncFolder();
        return target;
      }
    }
    throw new FileAlreadyExistsException(name, null, "and so are very many numbered ones");
  }

  /** A link never takes the place of a file; a move might, so it takes that of an empty one. */
  private boolean appearAs(Path target) throws IOException {
    try {
      Files.createLink(target, hidden);
      Files.delete(hidden);
      return true;
    } catch (FileAlreadyExistsException taken) {
      return false;
    } catch (UnsupportedOperationException | IOException noLinksHere) {
      return moveTo(target);
    }
  }

  private boolean moveTo(Path target) throws IOException {
    try {
      Files.createFile(target);
    } catch (FileAlreadyExistsException taken) {
      return false;
    }
    Files.move(hidden, target, StandardCopyOption.REPLACE_EXISTING);
    return true;
  }

  /** The name is safe on the disk when the folder is; not every system lets a folder be opened. */
  private void syncFolder() {
    try (FileChannel opened = FileChannel.open(folder, StandardOpenOption.READ)) {
      opened.force(true);
    } catch (IOException e) {
      System.getLogger("dev.earshot.session")
          .log(System.Logger.Level.DEBUG, "a folder that cannot be flushed", e);
    }
  }

  /** Removes what has arrived, if it has not been published. */
  void abandon() throws IOException {
    if (channel != null) {
      channel.close();
      Files.deleteIfExists(hidden);
    }
  }
}
