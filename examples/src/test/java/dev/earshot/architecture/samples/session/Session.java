package dev.earshot.architecture.samples.session;

import dev.earshot.architecture.samples.session.internal.LiveSession;

/** Breaks nothing: the door of its module. */
public interface Session {
  LiveSession live();
}
