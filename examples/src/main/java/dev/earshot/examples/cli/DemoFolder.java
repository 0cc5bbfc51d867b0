package dev.earshot.examples.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A temporary folder that goes with the process: when it is closed, and if the process was killed
 * before, when the next one is made. A lock on a file in it, which the system frees at the end of
 * the process, tells whether somebody lives there.
 */
final class DemoFolder implements AutoCloseable {
  private static final String PREFIX = "earshot-demo-";
  private static final String LOCK = "in-use";

  private final Path folder;
  private final FileChannel channel;

  private DemoFolder(Path folder, FileChannel channel) {
    this.folder = folder;
    this.channel = channel;
  }

  /** A new one among the system's temporary files, after those of dead processes are removed. */
  static DemoFolder make() throws IOException {
    return makeIn(Path.of(System.getProperty("java.io.tmpdir")));
  }

  /** The same below {@code parent}. */
  static DemoFolder makeIn(Path parent) throws IOException {
    removeAbandoned(parent);
    Path folder = Files.createTempDirectory(parent, PREFIX);
    FileChannel channel =
        FileChannel.open(
            folder.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) { // by somebody who took it for abandoned just now
      channel.close();
      throw new IOException(folder + " is somebody else's already; try again");
    }
    return new DemoFolder(folder, channel);
  }

  Path path() {
    return folder;
  }

  private static void removeAbandoned(Path parent) throws IOException {
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path folder : folders) {
        Path lock = folder.resolve(LOCK);
        // Others' folders, and those that are just being made, have no lock that can be opened.
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
            && Files.isRegularFile(lock, LinkOption.NOFOLLOW_LINKS)
            && Files.isWritable(lock)) {
          removeIfAbandoned(folder, lock);
        }
      }
    }
  }

  private static void removeIfAbandoned(Path folder, Path lock) throws IOException {
    boolean abandoned;
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE);
        FileLock taken = channel.tryLock()) {
      abandoned = taken != null;
      if (abandoned) {
        empty(folder);
      }
    } catch (NoSuchFileException | OverlappingFileLockException expected) {
      return; // another process was quicker, or it is this one's own
    }
    if (abandoned) {
      remove(folder);
    }
  }

  /** Deletes all but the lock, which some systems keep while it is open. */
  private static void empty(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(folder)) {
      listing.forEach(files::add);
    } catch (NoSuchFileException gone) {
      return;
    }
    for (Path file : files) {
      if (!file.endsWith(LOCK)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    Files.deleteIfExists(folder.resolve(LOCK));
    Files.deleteIfExists(folder);
  }

  /** Removes it with all that is in it. */
  @Override
  public void close() throws IOException {
    try (channel) {
      empty(folder);
    }
    remove(folder);
  }
}
