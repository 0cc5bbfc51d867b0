/** TLS 1.2 with pre-shared keys: who takes part in the handshake, and what its failures mean. */
@NullMarked
package dev.earshot.security.tls.psk;

import org.jspecify.annotations.NullMarked;
