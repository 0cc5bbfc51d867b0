/**
 * Peer-to-peer networking for Java programs on one network: listeners, connections and browsers.
 *
 * <p>{@code dev.earshot} is what an application programs against; {@code dev.earshot.spi} is what a
 * transport, discovery or security provider implements.
 */
module dev.earshot {
  requires static transitive org.jspecify;

  exports dev.earshot;
  exports dev.earshot.spi;

  uses dev.earshot.spi.TransportProvider;
  uses dev.earshot.spi.DiscoveryProvider;
  uses dev.earshot.spi.SecurityProvider;
}
