/**
 * Multicast DNS with jmDNS as the engine that probes, announces, answers and says goodbye.
 *
 * <p>What is found on the network is kept in a record store of our own, not in jmDNS: its events
 * are late and not always true. Everything that knows the inside of jmDNS is in {@code
 * GuardedJmdns} and {@code JmdnsSeams}. One thread, {@link
 * dev.earshot.discovery.mdns.DiscoveryLoop}, owns all state; one more a link reads packets.
 */
@NullMarked
package dev.earshot.discovery.mdns;

import org.jspecify.annotations.NullMarked;
