package dev.earshot;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Puts messages together from their fragments, whatever order they come in. Pure; for one thread at
 * a time.
 *
 * <p>What it holds has been paid for: it grows with the bytes that have arrived, and not with what
 * a fragment announces. Where there is too much, the message that was begun first is given up.
 */
final class FragmentAssembly {
  /** How many messages may be incomplete at a time. */
  static final int MOST_MESSAGES = 64;

  /** How many messages that are over are remembered, so that repeated fragments begin none. */
  static final int MOST_REMEMBERED = 256;

  /** What a fragment takes beside its bytes, about. */
  static final int OVERHEAD = 160;

  private final int largest;
  private final int memory;
  private final long patienceNanos;

  /** By number, the one that was begun first at the front. */
  private final Map<Integer, Partial> partials = new LinkedHashMap<>();

  private final Set<Integer> over = new LinkedHashSet<>();
  private int held;

  /**
   * An assembly.
   *
   * @param largest the bytes that a message may have
   * @param memory the bytes that incomplete messages may have together
   * @param patience how long a message may be incomplete
   */
  FragmentAssembly(int largest, int memory, Duration patience) {
    this.largest = largest;
    this.memory = memory;
    this.patienceNanos = patience.toNanos();
  }

  /** Takes a datagram, and gives the message that is complete with it; null if none is. */
  @Nullable Payload add(Payload datagram, long nowNanos) {
    giveUpOld(nowNanos);
    Fragment fragment = Fragment.read(datagram, largest);
    if (fragment == null || over.contains(fragment.message())) {
      return null;
    }
    if (fragment.count() == 1 && !partials.containsKey(fragment.message())) {
      remember(fragment.message());
      return fragment.content();
    }
    Partial partial = partialOf(fragment, nowNanos);
    if (!partial.take(fragment)) {
      return null;
    }
    held += cost(fragment);
    if (partial.isComplete()) {
      giveUp(fragment.message());
      return partial.joined();
    }
    keepWithinMemory();
    return null;
  }

  /** What the incomplete messages hold, in bytes. */
  int held() {
    return held;
  }

  /** How many messages are incomplete. */
  int incomplete() {
    return partials.size();
  }

  private Partial partialOf(Fragment fragment, long nowNanos) {
    Partial known = partials.get(fragment.message());
    if (known != null) {
      return known;
    }
    if (partials.size() >= MOST_MESSAGES) {
      giveUp(partials.keySet().iterator().next());
    }
    Partial begun = new Partial(fragment, nowNanos);
    partials.put(fragment.message(), begun);
    return begun;
  }

  private void giveUpOld(long nowNanos) {
    while (!partials.isEmpty()) {
      Map.Entry<Integer, Partial> oldest = partials.entrySet().iterator().next();
      if (nowNanos - oldest.getValue().begunNanos <= patienceNanos) {
        return;
      }
      giveUp(oldest.getKey());
    }
  }

  private void keepWithinMemory() {
    while (held > memory) {
      giveUp(partials.keySet().iterator().next());
    }
  }

  /** It is over, complete or not: nothing is held of it, and nothing more of it is taken. */
  private void giveUp(int message) {
    Partial gone = partials.remove(message);
    if (gone != null) {
      held -= gone.cost;
    }
    remember(message);
  }

  private void remember(int message) {
    over.add(message);
    if (over.size() > MOST_REMEMBERED) {
      Iterator<Integer> first = over.iterator();
      first.next();
      first.remove();
    }
  }

  private static int cost(Fragment fragment) {
    return fragment.content().length() + OVERHEAD;
  }

  /** A message of which something is missing. */
  private static final class Partial {
    private final int total;
    private final int count;
    private final long begunNanos;
    private final Map<Integer, Fragment> fragments = new HashMap<>();
    private int cost;

    private Partial(Fragment first, long nowNanos) {
      total = first.total();
      count = first.count();
      begunNanos = nowNanos;
    }

    /** Returns false for what was here before, and for what does not fit the first that came. */
    private boolean take(Fragment fragment) {
      boolean fits = fragment.total() == total && fragment.count() == count;
      if (!fits || fragments.putIfAbsent(fragment.index(), fragment) != null) {
        return false;
      }
      cost += cost(fragment);
      return true;
    }

    private boolean isComplete() {
      return fragments.size() == count;
    }

    private Payload joined() {
      byte[] bytes = new byte[total];
      for (Fragment fragment : fragments.values()) {
        fragment.content().copyTo(0, bytes, fragment.offset(), fragment.content().length());
      }
      return Payload.wrap(bytes);
    }
  }
}
