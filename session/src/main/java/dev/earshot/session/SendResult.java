package dev.earshot.session;

import dev.earshot.NetworkException;
import java.util.Map;
import java.util.Set;

/**
 * Who a message was taken for, and who not. Immutable.
 *
 * @param sent the peers for whom it was taken by the connection
 * @param failed the others, with why
 */
public record SendResult(Set<Peer> sent, Map<Peer, NetworkException> failed) {
  /** Copies both. */
  public SendResult {
    sent = Set.copyOf(sent);
    failed = Map.copyOf(failed);
  }

  /** Whether it was taken for everybody. */
  public boolean isComplete() {
    return failed.isEmpty();
  }
}
