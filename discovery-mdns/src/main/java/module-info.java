/**
 * Advertising, browsing and resolving by multicast DNS (RFC 6762, RFC 6763) over jmDNS.
 *
 * <p>Exports nothing; put it on the module path or class path and {@code Network} finds it.
 */
module dev.earshot.discovery.mdns {
  requires dev.earshot;
  requires javax.jmdns;
  requires org.slf4j; // jmDNS, an automatic module, logs to it and cannot require it itself

  provides dev.earshot.spi.DiscoveryProvider with
      dev.earshot.discovery.mdns.MdnsProvider;
}
