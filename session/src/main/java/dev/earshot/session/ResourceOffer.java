package dev.earshot.session;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * A file that a peer would like to send. Answer it once; one that is not answered within a minute
 * is declined. Thread-safe.
 */
public interface ResourceOffer {
  /** Who offers it. */
  Peer from();

  /** The name under which it is offered: data from a peer, not a path. */
  String name();

  /** Its size in bytes, if the sender knows it. */
  OptionalLong size();

  /**
   * Receives it into {@code folder}, which must exist.
   *
   * <p>The file gets the offered name, made harmless: no separators, no control characters, no
   * leading dot, no name that a system reserves, with a number if the name is taken. It appears
   * under that name only when it is complete and its digest is right.
   *
   * @throws IllegalStateException if it was answered before
   */
  ResourceTransfer accept(Path folder);

  /**
   * Refuses it; the sender is told {@code reason}.
   *
   * @throws IllegalStateException if it was answered before
   */
  void decline(String reason);
}
