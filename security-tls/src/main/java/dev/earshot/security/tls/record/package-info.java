/**
 * Protection of TLS records with the ciphers of the JDK: keys, nonces, sequence numbers; no
 * sockets, no handshake.
 */
@NullMarked
package dev.earshot.security.tls.record;

import org.jspecify.annotations.NullMarked;
