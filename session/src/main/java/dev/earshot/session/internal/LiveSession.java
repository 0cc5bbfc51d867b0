package dev.earshot.session.internal;

import dev.earshot.Network;
import dev.earshot.session.Peer;
import dev.earshot.session.Session;

/** The session behind {@link Session}. */
public final class LiveSession {
  private LiveSession() {}

  /** A builder for a session of {@code self} on {@code network}. */
  public static Session.Builder builder(Network network, Peer self) {
    throw new IllegalStateException("no session for " + self + " on " + network);
  }
}
