package dev.earshot.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A file to send, in a temporary directory of its own: data messages of the workload's size, one
 * behind the other, so that a receiver can tell its pieces from a mark. It is gone after {@link
 * #close()}, and when this JVM ends at the latest.
 */
final class SampleFile implements AutoCloseable {
  /** More than the caches of a processor hold, so that it comes from memory as a rule. */
  static final long USUAL_LENGTH = 256L << 20;

  private static final Set<SampleFile> MADE = ConcurrentHashMap.newKeySet();

  static {
    Thread sweeper = new Thread(() -> MADE.forEach(SampleFile::delete), "sweeper");
    Runtime.getRuntime().addShutdownHook(sweeper);
  }

  private final Path folder;
  private final Path path;

  private SampleFile(Path folder) {
    this.folder = folder;
    this.path = folder.resolve("sample");
  }

  /** Makes one of as many whole pieces as {@code length} has room for, at least one. */
  static SampleFile make(int piece, long length) throws IOException {
    SampleFile made = new SampleFile(Files.createTempDirectory("earshot-benchmarks"));
    MADE.add(made);
    try {
      made.write(piece, Math.max(1, length / piece));
      return made;
    } catch (IOException | RuntimeException failure) {
      made.close();
      throw failure;
    }
  }

  private void write(int piece, long count) throws IOException {
    long room = Files.getFileStore(folder).getUsableSpace();
    if (room < piece * count) {
      throw new IOException(
          "a file of %d bytes is to be sent, and %s has room for %d"
              .formatted(piece * count, folder, room));
    }
    ByteBuffer data = ByteBuffer.wrap(Messages.data(piece));
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long i = 0; i < count; i++) {
        data.rewind();
        while (data.hasRemaining()) {
          file.write(data);
        }
      }
      file.force(true); // so that the disk is quiet while others are measured
    }
  }

  /** The one that the workload sends, if it sends one. */
  static Optional<SampleFile> of(Workload workload) throws IOException {
    return workload.kind() == Workload.Kind.FILE
        ? Optional.of(make(workload.size(), USUAL_LENGTH))
        : Optional.empty();
  }

  Path path() {
    return path;
  }

  @Override
  public void close() {
    delete();
    MADE.remove(this);
  }

  private void delete() {
    try {
      Files.deleteIfExists(path);
      Files.deleteIfExists(folder);
    } catch (IOException broken) {
      throw new UncheckedIOException("removing " + folder, broken);
    }
  }
}
