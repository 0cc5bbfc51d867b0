package dev.earshot.internal;

import java.util.Iterator;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds the providers that are on the class path or module path. */
final class Providers {
  /** The artifact with the transport. */
  static final String TRANSPORT = "earshot-transport-netty";

  /** The artifact with discovery. */
  static final String DISCOVERY = "earshot-discovery-mdns";

  /** The artifact with security. */
  static final String SECURITY = "earshot-security-tls";

  private Providers() {}

  /**
   * The first provider of {@code type}, as seen by the thread's class loader or else by ours.
   *
   * @throws IllegalStateException if there is one that does not load
   */
  static <T> Optional<T> find(Class<T> type) {
    try {
      return first(ServiceLoader.load(type).iterator())
          .or(() -> first(ServiceLoader.load(type, type.getClassLoader()).iterator()));
    } catch (ServiceConfigurationError e) {
      throw new IllegalStateException("a " + type.getSimpleName() + " does not load", e);
    }
  }

  private static <T> Optional<T> first(Iterator<T> providers) {
    return providers.hasNext() ? Optional.of(providers.next()) : Optional.empty();
  }

  /** What to throw where {@code what} is needed and there is none. */
  static IllegalStateException missing(String what, String artifact) {
    return new IllegalStateException(
        "no " + what + ": add " + artifact + " to the class path or module path");
  }
}
