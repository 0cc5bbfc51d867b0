package dev.earshot.session;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A file on its way, seen from either side.
 *
 * <p>It begins when it is made and ends once: {@link #completion()} tells how. Thread-safe;
 * callbacks run on the session's queue.
 */
public interface ResourceTransfer {
  /** The peer on the other side. */
  Peer peer();

  /** The name under which it was offered: data from a peer, not a path. */
  String name();

  /** How far it has come. */
  Progress progress();

  /**
   * Calls {@code observer} as it goes on, at most about ten times a second, and once at the end.
   * One observer; a later one replaces it.
   */
  ResourceTransfer onProgress(Consumer<Progress> observer);

  /**
   * Completes when both sides know that the digests are equal: with the file that was sent or
   * written. Fails with {@link ResourceException}; a file that was partly written is then deleted.
   */
  CompletableFuture<Path> completion();

  /** Gives it up; the other side is told. */
  void cancel();
}
