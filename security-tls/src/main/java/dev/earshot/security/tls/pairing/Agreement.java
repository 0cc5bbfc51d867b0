package dev.earshot.security.tls.pairing;

import dev.earshot.PreSharedKey;

/**
 * What a pairing brought to one side.
 *
 * @param key the key that both sides have from now on
 * @param peer what the other side said about itself
 */
public record Agreement(PreSharedKey key, Card peer) {}
