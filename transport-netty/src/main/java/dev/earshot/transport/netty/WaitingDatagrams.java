package dev.earshot.transport.netty;

import dev.earshot.ContentMetadata;
import dev.earshot.Payload;
import dev.earshot.Received;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/** Datagrams that arrived and nobody wants yet: bounded, the oldest dropped first. Pure. */
final class WaitingDatagrams {
  /** What a small datagram costs in memory, about. */
  private static final int SMALLEST_COST = 64;

  private static final int MUCH = 64 << 10;

  private final int most;
  private final LossCounts losses;
  private final ArrayDeque<Payload> datagrams = new ArrayDeque<>(2);
  private long cost;

  /** None yet; {@code most} bytes of them are kept. */
  WaitingDatagrams(int most, LossCounts losses) {
    this.most = most;
    this.losses = losses;
  }

  boolean isEmpty() {
    return datagrams.isEmpty();
  }

  /** Whether they are to be handed over now, and not only when nothing more arrives. */
  boolean isMuch() {
    return cost >= Math.min(MUCH, most / 2);
  }

  void add(Payload datagram) {
    datagrams.add(datagram);
    cost += cost(datagram);
    while (cost > most && datagrams.size() > 1) {
      cost -= cost(datagrams.remove());
      losses.notRead();
    }
  }

  private static int cost(Payload datagram) {
    return Math.max(SMALLEST_COST, datagram.length());
  }

  /** All of them as they came. */
  List<Payload> removeAll() {
    List<Payload> all = List.copyOf(datagrams);
    clear();
    return all;
  }

  /** The oldest, until they are {@code wanted} bytes. */
  List<Received> batch(long wanted) {
    List<Received> batch = new ArrayList<>(datagrams.size());
    long taken = 0;
    while (!datagrams.isEmpty() && taken < wanted) {
      Payload next = datagrams.remove();
      taken += cost(next);
      batch.add(Received.message(next, ContentMetadata.DATAGRAM));
    }
    cost -= taken;
    return batch;
  }

  void clear() {
    datagrams.clear();
    cost = 0;
  }
}
