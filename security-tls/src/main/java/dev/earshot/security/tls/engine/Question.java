package dev.earshot.security.tls.engine;

import java.util.concurrent.CompletionStage;

/** Something that must be known before a handshake can take its next record. */
public interface Question {

  /** Asks, once and on a worker, since it runs a user's code; it does not wait for the answer. */
  void ask();

  /**
   * Done, with null, when there is an answer or nobody waits for one any more. Never fails. May be
   * called on any thread.
   */
  CompletionStage<Void> answered();
}
