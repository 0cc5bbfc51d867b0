package dev.earshot.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;

/**
 * The handles of a network: those that hold something, and, without keeping them alive, those that
 * were made and hold nothing yet. Thread-safe; its lock is not held while anything is called.
 */
final class HandleSet<T> {
  private final Object lock = new Object();
  private final Set<T> open = new LinkedHashSet<>();
  private final Set<T> made = Collections.newSetFromMap(new WeakHashMap<>());
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private boolean closed;

  /** Takes note of a new handle; false if the set is closed. */
  boolean made(T handle) {
    synchronized (lock) {
      return !closed && made.add(handle);
    }
  }

  /** Takes note that {@code handle} holds something; false if the set is closed. */
  boolean opened(T handle) {
    synchronized (lock) {
      if (closed) {
        return false;
      }
      made.remove(handle);
      return open.add(handle);
    }
  }

  /** Takes note that {@code handle} holds nothing any more. */
  void ended(T handle) {
    boolean last;
    synchronized (lock) {
      made.remove(handle);
      open.remove(handle);
      last = closed && open.isEmpty();
    }
    if (last) {
      drained.complete(null);
    }
  }

  /** Whether none holds anything now. */
  boolean isEmpty() {
    synchronized (lock) {
      return open.isEmpty();
    }
  }

  /** The handles that hold something now. */
  List<T> open() {
    synchronized (lock) {
      return new ArrayList<>(open);
    }
  }

  /** Lets no more in; returns all there are. */
  List<T> close() {
    List<T> all;
    boolean empty;
    synchronized (lock) {
      closed = true;
      all = new ArrayList<>(open);
      all.addAll(made);
      empty = open.isEmpty();
    }
    if (empty) {
      drained.complete(null);
    }
    return all;
  }

  /** Completes when the set is closed and none holds anything. */
  CompletableFuture<Void> drained() {
    return drained;
  }
}
