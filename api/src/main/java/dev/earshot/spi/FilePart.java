package dev.earshot.spi;

import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * A part of a file on its way out, small enough for others of the same loop not to wait long. On
 * the loop.
 *
 * <p>Who sends it reads the file at absolute positions: it neither moves the channel's own nor
 * closes it. It says what became of the part, once, unless the pipe was aborted or has told {@link
 * Pipe.Inbound} that it is over.
 */
@LoopConfined
public interface FilePart {
  /** The file, open as long as the part is under way. */
  FileChannel channel();

  /** Where in the file it begins. */
  long position();

  /** How many bytes it has, at least 1. */
  int length();

  /** All of it is with the system: the file is not needed for it any more. */
  void sent();

  /**
   * It was not sent, or not to its end. If the file is to blame, the pipe is aborted inside this
   * call; otherwise it says itself that it is over.
   */
  void failed(IOException cause);
}
