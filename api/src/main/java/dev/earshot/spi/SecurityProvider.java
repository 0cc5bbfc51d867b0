package dev.earshot.spi;

import dev.earshot.Security;

/** Makes TLS for stream transports; found by {@link java.util.ServiceLoader}. Thread-safe. */
public interface SecurityProvider {

  /** A short name for messages, such as {@code tls}. */
  String name();

  /** Whether this provider can do what {@code security} asks for. */
  boolean supports(Security security);

  /**
   * Protection as {@code security} asks for; shared by all connections with the same parameters.
   */
  StreamSecurity streamSecurity(Security security);
}
