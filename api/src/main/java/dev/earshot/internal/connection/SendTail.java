package dev.earshot.internal.connection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The end of a {@link SendQueue} at which any thread adds, by compare-and-set.
 *
 * <p>Writing a young object into an old one is costly: a collector that has generations notes each
 * such write. A queue becomes old, so it does not name the last entry itself. It names a place,
 * which names the entry and gives way to a new place after some entries; so it is about as young as
 * they are while many are added.
 */
final class SendTail {
  private static final VarHandle PLACE;
  private static final VarHandle LAST;

  /** What a place holds that nobody needs any more; so it keeps no other alive. */
  private static final Object LEFT = new Object();

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PLACE = lookup.findVarHandle(SendTail.class, "place", Place.class);
      LAST = lookup.findVarHandle(Place.class, "last", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile Place place;

  SendTail(SendEntry first) {
    this.place = new Place(first);
  }

  /** The entry that was added last. */
  SendEntry last() {
    while (true) {
      Place here = place;
      Object last = here.last;
      if (last instanceof SendEntry entry) {
        return entry;
      }
      if (last instanceof Place next) {
        leave(here, next);
      }
    }
  }

  /** Makes {@code entry} the last if {@code last} still is; says whether it was. */
  boolean replace(SendEntry last, SendEntry entry) {
    while (!LAST.compareAndSet(place, last, entry)) {
      if (last() != last) {
        return false;
      }
    }
    return true;
  }

  /** Makes {@code entry} the last, whatever was. */
  void replaceAny(SendEntry entry) {
    SendEntry last;
    do {
      last = last();
    } while (!replace(last, entry));
  }

  /** Gives way to a new place; unless somebody adds or does the same just now. */
  void move() {
    Place here = place;
    if (here.last instanceof SendEntry last) {
      Place next = new Place(last);
      if (LAST.compareAndSet(here, last, next)) {
        leave(here, next);
      }
    }
  }

  /** Makes {@code next} the place. Whoever finds that it follows does so; the first one counts. */
  private void leave(Place here, Place next) {
    if (PLACE.compareAndSet(this, here, next)) {
      LAST.setRelease(here, LEFT);
    }
  }

  private static final class Place {
    /** The entry that was added last; or the next place, or {@link #LEFT}. */
    private volatile Object last;

    private Place(SendEntry last) {
      this.last = last;
    }
  }
}
