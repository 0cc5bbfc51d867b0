package dev.earshot.architecture.samples.session.internal;

/** Behind the door. */
public final class LiveSession {
  private LiveSession() {}
}
