package dev.earshot.spi;

/** Makes a {@link Discovery}; found by {@link java.util.ServiceLoader}. */
public interface DiscoveryProvider {

  /** A short name for messages, such as {@code mdns}. */
  String name();

  /** Opens discovery; it starts threads and touches the network only when it is first asked. */
  Discovery open(LinkSource links);
}
