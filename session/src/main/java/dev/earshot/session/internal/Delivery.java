package dev.earshot.session.internal;

import dev.earshot.NetworkException;
import dev.earshot.session.Peer;
import dev.earshot.session.SendResult;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * What becomes of one message to several peers; complete when it was taken for, or failed with,
 * each of them. Any thread.
 */
final class Delivery {
  private final Callbacks callbacks;
  private final CompletableFuture<SendResult> result = new CompletableFuture<>();
  private final Set<Peer> sent = new LinkedHashSet<>();
  private final Map<Peer, NetworkException> failed = new LinkedHashMap<>();
  private int open;

  /** A delivery to {@code peers} peers, each of whom is named once. */
  Delivery(Callbacks callbacks, int peers) {
    this.callbacks = callbacks;
    this.open = peers;
    if (peers == 0) {
      finish();
    }
  }

  /** Completes on the user's queue. */
  CompletableFuture<SendResult> result() {
    return result;
  }

  /** The message goes to {@code peer} when {@code taken} completes. */
  void await(Peer peer, CompletableFuture<Void> taken) {
    taken.whenComplete(
        (nothing, failure) -> {
          if (failure == null) {
            settle(() -> sent.add(peer));
          } else {
            failed(peer, asNetworkException(peer, failure));
          }
        });
  }

  /** The message does not go to {@code peer}. */
  void failed(Peer peer, NetworkException cause) {
    settle(() -> failed.put(peer, cause));
  }

  private void settle(Runnable note) {
    boolean last;
    synchronized (sent) {
      note.run();
      last = --open == 0;
    }
    if (last) {
      finish();
    }
  }

  private void finish() {
    SendResult outcome;
    synchronized (sent) {
      outcome = new SendResult(sent, failed);
    }
    callbacks.complete(result, outcome);
  }

  private static NetworkException asNetworkException(Peer peer, Throwable failure) {
    return failure instanceof NetworkException cause
        ? cause
        : new NetworkException("message to " + peer + ": " + failure.getMessage(), failure);
  }
}
