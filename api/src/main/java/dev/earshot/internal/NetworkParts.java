package dev.earshot.internal;

import dev.earshot.spi.DiscoveryProvider;
import dev.earshot.spi.LinkSource;
import dev.earshot.spi.SecurityProvider;
import dev.earshot.spi.TransportProvider;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What a network is put together from. Immutable.
 *
 * @param workers the user's executor for what may block; empty for threads of the network's own
 */
record NetworkParts(
    TransportProvider transport,
    Optional<DiscoveryProvider> discovery,
    Optional<SecurityProvider> security,
    LinkSource links,
    Optional<Executor> workers) {}
