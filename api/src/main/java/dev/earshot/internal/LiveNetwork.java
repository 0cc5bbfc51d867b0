package dev.earshot.internal;

import dev.earshot.Network;

/** The network behind {@link Network}. */
public final class LiveNetwork {
  private LiveNetwork() {}

  /** A builder that finds providers by itself. */
  public static Network.Builder builder() {
    throw new IllegalStateException("no transport: add earshot-transport-netty");
  }
}
