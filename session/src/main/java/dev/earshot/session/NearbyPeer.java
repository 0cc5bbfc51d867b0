package dev.earshot.session;

import dev.earshot.Endpoint;
import dev.earshot.TxtRecord;
import java.util.Optional;

/**
 * Somebody who advertises on the network, before anything was proved. Immutable.
 *
 * @param endpoint where it can be reached
 * @param claimedId the id that it advertises, which anybody can claim
 * @param discoveryInfo its TXT record
 */
public record NearbyPeer(
    Endpoint.Bonjour endpoint, Optional<PeerId> claimedId, TxtRecord discoveryInfo) {}
