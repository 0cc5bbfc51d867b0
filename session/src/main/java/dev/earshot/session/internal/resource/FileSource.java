package dev.earshot.session.internal.resource;

import dev.earshot.Payload;
import dev.earshot.session.ResourceException;
import dev.earshot.session.ResourceException.Code;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file being read from its beginning to its end, with its digest. Blocks; used by one lane of the
 * disk's threads.
 *
 * <p>A file that changes meanwhile is noticed: what is sent would be neither the old nor the new.
 */
final class FileSource implements AutoCloseable {
  private final Path file;
  private final int chunkSize;
  private final MessageDigest digest = Landing.sha256();
  private @Nullable FileChannel channel;
  private @Nullable BasicFileAttributes before;
  private long position;

  /** A file of which {@code chunkSize} bytes are read at once. */
  FileSource(Path file, int chunkSize) {
    this.file = file;
    this.chunkSize = chunkSize;
  }

  Path file() {
    return file;
  }

  void open() throws IOException {
    before = Files.readAttributes(file, BasicFileAttributes.class);
    if (!before.isRegularFile()) {
      throw new IOException(file + " is no regular file");
    }
    channel = FileChannel.open(file, StandardOpenOption.READ);
  }

  long size() {
    return Objects.requireNonNull(before).size();
  }

  long modifiedMillis() {
    return Objects.requireNonNull(before).lastModifiedTime().toMillis();
  }

  /** The next piece; empty at the end. */
  Payload read() throws IOException, ResourceException {
    int wanted = (int) Math.min(chunkSize, size() - position);
    byte[] piece = new byte[wanted];
    ByteBuffer buffer = ByteBuffer.wrap(piece);
    while (buffer.hasRemaining()) {
      if (Objects.requireNonNull(channel).read(buffer) < 0) {
        throw changed("it became shorter");
      }
    }
    position += wanted;
    digest.update(piece);
    if (position == size()) {
      requireUnchanged();
    }
    return Payload.wrap(piece);
  }

  boolean isAtEnd() {
    return position == size();
  }

  /** The digest of all that was read; once. */
  Payload digest() {
    return Payload.wrap(digest.digest());
  }

  private void requireUnchanged() throws IOException, ResourceException {
    BasicFileAttributes then = Objects.requireNonNull(before);
    BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
    boolean same =
        now.size() == then.size()
            && now.lastModifiedTime().equals(then.lastModifiedTime())
            && Objects.equals(now.fileKey(), then.fileKey());
    if (!same) {
      throw changed("it was written to");
    }
  }

  private ResourceException changed(String how) {
    return new ResourceException(
        Code.SOURCE_CHANGED, file.getFileName() + " changed while it was sent: " + how, null);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
