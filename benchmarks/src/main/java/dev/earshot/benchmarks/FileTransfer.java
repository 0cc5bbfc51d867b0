package dev.earshot.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

/**
 * How many bytes of a file a second go one way? It is sent again and again for the length of the
 * round, then a mark, and the clock stops when the receiver has answered with its count. A piece
 * that is lost or misshapen fails the round; the receiver stores nothing.
 */
final class FileTransfer implements Question {
  /** How many bytes to send between two looks at the clock. */
  private static final int STRETCH = 128 * 1024;

  private static final Duration DRAIN = Duration.ofSeconds(60);

  private final Link link;
  private final int size;
  private final int stretch;
  private final FileChannel file;
  private final long end;
  private final Link.Sender marks;
  private final Link.FileSender pieces;
  private long position;

  /**
   * @param path see {@link SampleFile}
   */
  FileTransfer(Link link, Workload workload, Path path) throws Exception {
    this.link = link;
    this.size = workload.size();
    this.stretch = Math.max(1, STRETCH / size);
    this.file = FileChannel.open(path, StandardOpenOption.READ);
    this.end = file.size();
    this.marks = link.sender();
    this.pieces = link.fileSender(file);
  }

  @Override
  public Answer round(Duration length) throws Exception {
    long began = System.nanoTime();
    long sent = 0;
    do {
      for (int i = 0; i < stretch; i++) {
        sendPiece();
      }
      sent += stretch;
    } while (System.nanoTime() - began < length.toNanos());
    marks.send(Messages.mark(size));
    byte[] answer = link.receive(DRAIN);
    long took = System.nanoTime() - began;
    if (answer == null) {
      throw new IllegalStateException("the receiver has not answered the mark");
    }
    Tally.verify(List.of(answer), sent);
    return new Answer(Figures.rate(sent, took).with(Figures.NUDGES, 0));
  }

  private void sendPiece() throws Exception {
    pieces.send(position, size);
    position += size;
    if (position == end) {
      position = 0;
    }
  }

  @Override
  public void close() {
    link.close();
    try {
      file.close();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
