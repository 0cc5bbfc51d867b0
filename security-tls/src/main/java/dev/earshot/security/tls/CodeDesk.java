package dev.earshot.security.tls;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who may try the code, and how often: one at a time, three tries altogether, whoever tries, over
 * however many connections.
 *
 * <p>A try counts from the moment in which something is sent that depends on the code. Openings
 * that do not come so far cost this side arithmetic; so many of them and no more are looked at.
 *
 * <p>Threads: visitors come on loops, each exchange runs on its connection's queue, and the user
 * may cancel on any thread, so it has a lock; nothing outside is called.
 *
 * @param <V> a visitor: a connection that somebody has made
 */
final class CodeDesk<V> {
  /** Visitors that have said nothing yet; the one that has waited longest makes room. */
  static final int WAITING = 16;

  /** Openings that are looked at for one code. */
  static final int OPENINGS = 24;

  /** What becomes of an opening. */
  enum Admission {
    /** Look at it. */
    ADMITTED,
    /** Another is being looked at. */
    BUSY,
    /** The code is not to be tried any more. */
    OVER
  }

  private final ArrayDeque<V> waiting = new ArrayDeque<>();
  private @Nullable V current;
  private int triesLeft = Pairing.TRIES;
  private int openingsLeft = OPENINGS;
  private boolean closed;

  /**
   * A visitor has come.
   *
   * @return who has to go for it: itself if it is over
   */
  synchronized Optional<V> arrived(V visitor) {
    if (closed) {
      return Optional.of(visitor);
    }
    waiting.add(visitor);
    return waiting.size() > WAITING ? Optional.of(waiting.remove()) : Optional.empty();
  }

  /** A visitor has gone, or is refused. */
  synchronized void left(V visitor) {
    waiting.remove(visitor);
  }

  /** A visitor has sent an opening. */
  synchronized Admission admit(V visitor) {
    waiting.remove(visitor);
    if (closed || triesLeft == 0 || openingsLeft == 0) {
      return Admission.OVER;
    }
    if (current != null) {
      return Admission.BUSY;
    }
    current = visitor;
    openingsLeft--;
    return Admission.ADMITTED;
  }

  /** From now on the admitted visitor's try counts; returns how many are left behind it. */
  synchronized int countTry() {
    triesLeft--;
    return triesLeft;
  }

  /** How many tries are left; 0 also if nobody's openings are looked at any more. */
  synchronized int triesLeft() {
    return openingsLeft == 0 ? 0 : triesLeft;
  }

  /** The admitted visitor is done: the next may come. */
  synchronized void free() {
    current = null;
  }

  /** Nobody is admitted any more; returns who is there. */
  synchronized List<V> close() {
    closed = true;
    List<V> present = new ArrayList<>(waiting);
    if (current != null) {
      present.add(current);
    }
    waiting.clear();
    current = null;
    return present;
  }
}
